//! A login with all private keys in a key management service: slow, asynchronous, and the keys never come here.
//!
//! ```sh
//! cargo run --example axum_kms     # then open http://127.0.0.1:3001
//! ```
//!
//! The identity provider is the one in memory: it wants signed requests, encrypts its answers, and signs in everybody as
//! alice. So it listens on loopback only.

#[path = "axum_kms/kms.rs"]
mod kms;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_sp::testing::{Encrypted, TestIdp};
use saml_sp::{
    AcceptStep, Accepted, Certificate, CertificateError, Credential, Error, Expect, IdentityProvider, LoginOptions,
    LoginRequest, Outbound, PostForm, PostedResponse, ReplayCache, SealKeys, ServiceProvider, SignatureAlgorithm,
};

use kms::Kms;

pub(crate) struct App {
    sp: ServiceProvider,
    idp: IdentityProvider,
    kms: Kms,
    seal: SealKeys,
    seen: ReplayCache,
    test_idp: TestIdp,
}

/// `/saml/login`: the request is made, then signed elsewhere, then finished.
async fn login(State(app): State<Arc<App>>) -> Result<Response, Refused> {
    let to_sign = app.sp.begin_login_to_sign(&app.idp, &LoginOptions::new())?;
    let signature = app.kms.sign(to_sign.octets()).await.map_err(|_| Refused::Kms)?;
    let LoginRequest { send, pending } = to_sign.finish(&signature)?;
    let headers = [(SET_COOKIE, pending.cookie(&app.seal)?), (CACHE_CONTROL, "no-store".to_owned())];
    Ok(match send {
        Outbound::Redirect(url) => (headers, Redirect::to(&url)).into_response(),
        Outbound::Post(form) => (headers, posting(form.html())).into_response(),
    })
}

/// `/saml/acs`: the answer is taken as far as it goes without the key, then further with what the key said.
async fn acs(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, Refused> {
    let field = |name| form.get(name).map(String::as_str);
    let posted = PostedResponse::new(field("SAMLResponse").unwrap_or_default(), field("RelayState"));
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok());
    let pending = app.sp.pending_from_cookies(&app.seal, cookies, &posted)?;
    let used_up = pending.delete_cookie();
    let accepted = accept(&app, &posted, Expect::AnswerTo(pending)).await?;
    let login = accepted.confirm_with(&app.seen)?;
    let user = login.identity.name_id().map_or("nobody", |name_id| &name_id.value);
    Ok(([(SET_COOKIE, used_up)], format!("{user} is signed in\n")).into_response())
}

async fn accept(app: &App, posted: &PostedResponse<'_>, expect: Expect) -> Result<Accepted, Refused> {
    let mut step = app.sp.accept_in_steps(&app.idp, posted, expect)?;
    loop {
        match step {
            AcceptStep::Accepted(accepted) => return Ok(accepted),
            AcceptStep::Unwrap(asked) => {
                // What the service refuses is `None`, and the library's to answer; no word from it is another page.
                let key = app.kms.decrypt(asked.algorithm(), asked.wrapped()).await.map_err(|_| Refused::Kms)?;
                step = asked.resume(key.as_deref())?;
            }
        }
    }
}

/// `/idp/sso`: the identity provider in memory answers at once.
async fn answer(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let request = app.test_idp.receive_query(&query.unwrap_or_default())?;
    if request.acs_url != app.sp.acs_url() {
        return Err(Refused::Other("an answer goes to a known place only".into()));
    }
    let mut answer = app.test_idp.answer(&request, "alice");
    answer.encryption.push(app.test_idp.encryption(&request.issuer, Encrypted::Assertion)?);
    Ok(posting(app.test_idp.post(&answer)?.html()))
}

/// A page that submits its form by itself.
fn posting(html: String) -> Response {
    let headers = [(CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, PostForm::CONTENT_SECURITY_POLICY)];
    (headers, Html(html)).into_response()
}

/// A constant text for the browser; the reason is for the log.
enum Refused {
    Saml(Error),
    Kms,
    Other(Box<dyn StdError>),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Saml(error)
    }
}

impl From<saml_sp::testing::TestIdpError> for Refused {
    fn from(error: saml_sp::testing::TestIdpError) -> Self {
        Self::Other(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Saml(error) => eprintln!("{} ({:?}): {error}\n  hint: {}", error.code(), error.whose(), error.hint()),
            Self::Kms => {
                eprintln!("the key management service did not answer");
                return (StatusCode::SERVICE_UNAVAILABLE, "Please try again later.\n").into_response();
            }
            Self::Other(error) => eprintln!("{error}"),
        }
        (StatusCode::FORBIDDEN, "You could not be signed in.\n").into_response()
    }
}

/// The routes, for an application that browsers know by this URL.
pub(crate) fn router(base_url: &str) -> Result<Router, Box<dyn StdError>> {
    // What an administrator has from the key management service: certificates, one for each purpose. The keys are made
    // here, for they have to be somewhere, and stay with the service.
    let (signs, decrypts) = (TestIdp::new("the signing key")?, TestIdp::new("the decryption key")?);
    let kms = Kms::start(&pkcs8(&signs.private_key()?)?, &pkcs8(&decrypts.private_key()?)?)?;
    let active = |holder: &TestIdp| {
        Ok::<_, CertificateError>(Credential::active(Certificate::from_pasted(holder.certificate())?.certificate))
    };
    let sp = ServiceProvider::builder(format!("{base_url}/saml"), format!("{base_url}/saml/acs"))
        .credential(active(&signs)?.signing_elsewhere(SignatureAlgorithm::RsaSha256))
        .credential(active(&decrypts)?.decryption_elsewhere())
        .build()?;

    let test_idp = TestIdp::new(format!("{base_url}/idp"))?.sso_url(format!("{base_url}/idp/sso"));
    let mut test_idp = test_idp.want_signed_requests();
    test_idp.know(&sp.metadata().to_xml()?)?;
    let (idp, seal, seen) = (test_idp.identity_provider()?, SealKeys::ephemeral()?, ReplayCache::default());
    let app = App { sp, idp, kms, seal, seen, test_idp };
    Ok(Router::new()
        .route("/", get(async || Html("<a href=\"/saml/login\">Sign in</a>")))
        .route("/saml/login", get(login))
        .route("/saml/acs", post(acs))
        .route("/idp/sso", get(answer))
        .with_state(Arc::new(app)))
}

fn pkcs8(pem: &str) -> Result<Vec<u8>, base64::DecodeError> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3001").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let app = router(&base_url)?;
    println!("ready {base_url}");
    axum::serve(listener, app).await?;
    Ok(())
}
