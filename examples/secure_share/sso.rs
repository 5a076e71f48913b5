//! Single sign-on: all that is particular to it, over the library.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Form, Path, Query, RawQuery, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use saml_sp::{
    AcceptedLogout, Error, Expect, Field, Inbound, Login, LoginOptions, LoginRequest, LogoutAnswer, LogoutOutcome,
    LogoutReply, LogoutStart, Outbound, PendingLogin, PostForm, PostedResponse, ReceivedLogout, ReturnTo, SOAP_FAULT,
    Session,
};

use crate::app::{App, Config, Problem, cookie, random};
use crate::pages::admin::test;
use crate::pages::layout;
use crate::providers::Provider;
use crate::records::SignedIn;
use crate::trace::Flow;

const SESSION: &str = "__Host-session";
const LIFETIME: TimeDelta = TimeDelta::hours(8);
/// What a pending login is for: to sign somebody in, or to show an administrator a report.
const LOGIN: &str = "login";
const TEST: &str = "test";

#[derive(serde::Deserialize)]
pub(crate) struct To {
    #[serde(default)]
    to: String,
}

#[derive(serde::Deserialize)]
pub(crate) struct Posted {
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "SAMLResponse")]
    response: Option<String>,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

/// GET `/saml/login/{provider}?to=/path`.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Path(provider): Path<String>,
    Query(query): Query<To>,
) -> Result<Response, Problem> {
    let to = ReturnTo::path(&query.to).or_else(|_| ReturnTo::path("/"))?;
    begin(&app, &provider, LOGIN, to).await
}

/// Sends an administrator away for a report, which they find on the page of the identity provider.
pub(crate) async fn begin_test(app: &App, provider: &str) -> Result<Response, Problem> {
    begin(app, provider, TEST, ReturnTo::path(&format!("/admin/providers/{provider}"))?).await
}

async fn begin(app: &App, id: &str, what: &str, to: ReturnTo) -> Result<Response, Problem> {
    let (config, started) = (app.config()?, Instant::now());
    let provider = config.provider(id)?;
    let flow = |error: &Error| Flow::new(what, &provider.name, started.elapsed()).refused(error);
    let options = LoginOptions::new().return_to(to).tag(format!("{what}/{id}"));
    let begun = provider.idp.clone().map_err(Error::from).and_then(|idp| config.sp.begin_login_with(&idp, &options));
    let LoginRequest { send, pending } = match begun {
        Ok(begun) => begun,
        Err(error) => {
            flow(&error).write(app);
            return Ok(layout::refused(&error, &app.support).into_response());
        }
    };
    let sealed = pending.seal(&app.seal)?;
    let cookie = keep_pending(app, &cookie_of(pending.handle()), &sealed, pending.expires()).await?;
    Ok(leave(send, [cookie]))
}

/// What waits for an answer stands in the records, under a name that this browser alone has. The answer is a POST of another site,
/// with which browsers send no cookie but those with `SameSite=None`.
async fn keep_pending(app: &App, cookie: &str, sealed: &str, until: DateTime<Utc>) -> Result<String, Problem> {
    let name = random()?;
    app.records.keep_pending(&name, sealed, until).await?;
    let lifetime = until.signed_duration_since(Utc::now()).num_seconds().max(0);
    let same_site = app.pending_same_site;
    Ok(format!("{cookie}={name}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={lifetime}"))
}

/// What this browser has under the handle, once, and the header that makes it forget that.
async fn take_pending(
    app: &App,
    headers: &HeaderMap,
    handle: Option<&str>,
) -> Result<(Option<String>, Option<String>), Problem> {
    let Some(cookie_name) = handle.map(cookie_of) else { return Ok((None, None)) };
    let sealed = match cookie(headers, &cookie_name) {
        Some(name) => app.records.take_pending(name).await?,
        None => None,
    };
    Ok((sealed, Some(format!("{cookie_name}=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0"))))
}

fn cookie_of(handle: &str) -> String {
    format!("__Host-pending-{handle}")
}

/// A message for the identity provider, by way of the browser. Redirects count as part of a form's submission for `form-action`: where
/// it was a form that brought people here, a page of ours stands in between.
fn leave(send: Outbound, cookies: impl IntoIterator<Item = String>) -> Response {
    let cookies = AppendHeaders(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)).collect::<Vec<_>>());
    match send {
        Outbound::Redirect(url) => (cookies, layout::leaving(&url)).into_response(),
        Outbound::Post(form) => {
            let policy = [(CONTENT_SECURITY_POLICY, PostForm::CONTENT_SECURITY_POLICY)];
            (cookies, policy, Html(form.html())).into_response()
        }
    }
}

/// POST `/saml/acs`: an answer. One that came with a RelayState of ours answers a login; any other one nobody asked for.
pub(crate) async fn acs(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<Posted>,
) -> Result<Response, Problem> {
    let (config, started) = (app.config()?, Instant::now());
    let posted = PostedResponse::new(form.response.as_deref().unwrap_or_default(), form.relay_state.as_deref());
    let (sealed, forget) = take_pending(&app, &headers, posted.handle()).await?;
    let opened = sealed.map(|sealed| config.sp.open_pending(&app.seal, &sealed)).transpose();
    let (pending, unfit) = opened.map_or_else(|error| (None, Some(error)), |pending| (pending, None));
    let tag = pending.as_ref().and_then(PendingLogin::tag).unwrap_or_default().to_owned();
    let answer = match (tag.split_once('/'), pending) {
        (Some((TEST, id)), Some(pending)) => {
            let provider = config.provider(id)?;
            let idp = provider.idp.as_ref().map_err(ToString::to_string)?;
            let report = config.sp.diagnose(idp, &posted, &pending).with_values();
            Flow::new(TEST, &provider.name, started.elapsed()).reported(&report).write(&app);
            let page = test::keep(&app, provider, &report)?;
            Redirect::to(&page).into_response()
        }
        (tag, pending) => {
            let provider = match (unfit, tag) {
                // What waited was no login.
                (Some(error), _) => Err(error),
                (None, Some((_, id))) => Ok(config.provider(id)?),
                (None, None) => unsolicited(&config, &posted),
            };
            finish(&app, &config, provider, &posted, pending, started).await?
        }
    };
    Ok((AppendHeaders(forget.map(|forget| (SET_COOKIE, forget))), answer).into_response())
}

/// Whose answer it claims to be, where that identity provider may send some that nobody asked for. The others are told what is missing.
fn unsolicited<'c>(config: &'c Config, posted: &PostedResponse<'_>) -> Result<&'c Provider, Error> {
    if posted.handle().is_some() {
        return Err(posted.without_pending());
    }
    let open = config.providers.iter().filter(|provider| provider.unsolicited);
    let claimed = config.sp.claimed_idp(open.filter_map(|provider| provider.idp.as_ref().ok()), posted);
    let entity_id = claimed.map_err(|_| posted.without_pending())?.entity_id().as_str();
    let provider = config.providers.iter().find(|provider| provider.entity_id == entity_id);
    provider.ok_or_else(|| posted.without_pending())
}

async fn finish(
    app: &App,
    config: &Config,
    provider: Result<&Provider, Error>,
    posted: &PostedResponse<'_>,
    pending: Option<PendingLogin>,
    started: Instant,
) -> Result<Response, Problem> {
    let name = provider.as_ref().map_or("unknown", |provider| &provider.name);
    let expect = pending.map_or_else(|| Expect::unsolicited(config.sp.acs_url()), Expect::AnswerTo);
    let accepted = provider.clone().and_then(|provider| {
        let idp = provider.idp.as_ref().map_err(|error| Error::from(error.clone()))?;
        Ok((provider, idp, config.sp.accept_or_report(idp, posted, expect)))
    });
    let flow = Flow::new(LOGIN, name, started.elapsed());
    let (provider, idp, accepted) = match accepted {
        Ok((provider, idp, Ok(accepted))) => (provider, idp, accepted),
        Ok((_, _, Err(rejected))) => {
            let report = Some(rejected.report.to_string());
            Flow { report, ..flow.refused(&rejected.error) }.write(app);
            return Ok(layout::refused(&rejected.error, &app.support).into_response());
        }
        Err(error) => {
            flow.refused(&error).write(app);
            return Ok(layout::refused(&error, &app.support).into_response());
        }
    };
    let message = Some(String::from_utf8_lossy(accepted.signed_octets().as_bytes()).into_owned());
    // Used up before anything is kept: what stands in the trace signs nobody in.
    let seen = app.records.see(accepted.replay_key().as_str(), accepted.keep_until()).await?;
    let login = accepted.confirm(seen).and_then(|login| {
        let mapped = provider.map().read(&login.identity, idp)?;
        Ok((login, mapped))
    });
    let (Login { session, return_to, .. }, mapped) = match login {
        Ok(login) => login,
        Err(error) => {
            Flow { message, ..flow.refused(&error) }.write(app);
            return Ok(layout::refused(&error, &app.support).into_response());
        }
    };
    let one = |field| mapped.get(&field).map(str::to_owned);
    let signed_in = SignedIn {
        provider: provider.id.clone(),
        session: session.to_bytes()?,
        email: one(Field::Email).unwrap_or_default(),
        first_name: one(Field::FirstName),
        last_name: one(Field::LastName),
        groups: mapped.groups().listed().to_vec(),
    };
    // A fresh name, so that nobody can have known it before; not beyond what the identity provider allows.
    let (name, ours) = (random()?, Utc::now() + LIFETIME);
    let until = session.not_on_or_after().map_or(ours, |theirs| theirs.min(ours));
    app.records.begin(&name, &signed_in, until).await?;
    Flow { message, ..flow.done("signed in") }.write(app);
    let cookie = format!("{SESSION}={name}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let to = return_to.as_ref().map_or("/", ReturnTo::as_str);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(to)).into_response())
}

/// Who is there.
pub(crate) async fn visitor(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>, Problem> {
    match cookie(headers, SESSION) {
        Some(name) => Ok(app.records.find(name).await?),
        None => Ok(None),
    }
}

/// POST `/sign-out`: ends the session here, then asks the identity provider to end it everywhere.
pub(crate) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let (config, started) = (app.config()?, Instant::now());
    let ended = match cookie(&headers, SESSION) {
        Some(name) => app.records.end(name).await?,
        None => None,
    };
    let forget = format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    let Some(ended) = ended else { return Ok(Redirect::to("/").into_response()) };
    let Ok(provider) = config.provider(&ended.provider) else {
        // It was deleted: nobody is there to ask.
        return Ok((AppendHeaders([(SET_COOKIE, forget)]), layout::signed_out(false)).into_response());
    };
    let session = Session::from_bytes(&ended.session)?;
    let begun = provider.idp.clone().map_err(Error::from).and_then(|idp| config.sp.begin_logout(&idp, &session));
    match begun {
        Ok(LogoutStart { send, pending }) => {
            let sealed = pending.seal(&app.seal)?;
            let cookie = keep_pending(&app, &cookie_of(pending.handle()), &sealed, pending.expires()).await?;
            Ok(leave(send, [cookie, forget]))
        }
        Err(error) => {
            Flow::new("logout", &provider.name, started.elapsed()).refused(&error).write(&app);
            Ok((AppendHeaders([(SET_COOKIE, forget)]), layout::signed_out(false)).into_response())
        }
    }
}

/// GET `/saml/slo`: with the query as it came, for that is what is signed.
pub(crate) async fn slo_by_redirect(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    slo(&app, &headers, &Inbound::query(&query.unwrap_or_default())).await
}

/// POST `/saml/slo`.
pub(crate) async fn slo_by_post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<Posted>,
) -> Result<Response, Problem> {
    let Posted { request, response, relay_state } = &form;
    slo(&app, &headers, &Inbound::form(request.as_deref(), response.as_deref(), relay_state.as_deref())).await
}

/// POST `/saml/slo/soap`: straight from the identity provider, with no browser.
pub(crate) async fn slo_by_soap(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let reply = slo(&app, &HeaderMap::new(), &Inbound::soap(&body)).await.unwrap_or_else(Problem::into_response);
    if reply.status().is_success() {
        return Ok(reply);
    }
    Ok((StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/xml; charset=utf-8")], SOAP_FAULT).into_response())
}

async fn slo(app: &App, headers: &HeaderMap, inbound: &Inbound<'_>) -> Result<Response, Problem> {
    let (config, started) = (app.config()?, Instant::now());
    let idps = config.providers.iter().filter_map(|provider| provider.idp.as_ref().ok());
    let received = config.sp.claimed_idp_of_logout(idps, inbound).and_then(|idp| {
        let named = |provider: &&Provider| provider.entity_id == idp.entity_id().as_str();
        Ok((config.providers.iter().find(named), config.sp.receive_logout(idp, inbound)?))
    });
    let flow = |provider: &str| Flow::new("logout", provider, started.elapsed());
    match received {
        Ok((Some(provider), ReceivedLogout::Request(request))) => {
            logout_there(app, provider, request, flow(&provider.name)).await
        }
        Ok((Some(provider), ReceivedLogout::Response(answer))) => {
            logged_out_there(app, &config, headers, answer, flow(&provider.name)).await
        }
        Ok((None, _)) => Err(Problem::NotFound("identity provider")),
        Err(error) => Ok(not_signed_out(app, flow("unknown"), &error)),
    }
}

/// The identity provider asks: sessions end, and it is told.
async fn logout_there(
    app: &App,
    provider: &Provider,
    request: AcceptedLogout,
    flow: Flow,
) -> Result<Response, Problem> {
    let seen = app.records.see(request.replay_key().as_str(), request.keep_until()).await?;
    let request = match request.confirm(seen) {
        Ok(request) => request,
        Err(error) => return Ok(not_signed_out(app, flow, &error)),
    };
    let ended = app.records.end_all(&provider.id, &request).await?;
    let reply = match request.respond(LogoutOutcome::Done) {
        Ok(reply) => reply,
        Err(error) => return Ok(not_signed_out(app, flow, &error)),
    };
    flow.done(&format!("sessions that the identity provider ended: {ended}")).write(app);
    Ok(match reply {
        LogoutReply::Browser(send) => leave(send, []),
        LogoutReply::Soap(xml) => ([(CONTENT_TYPE, "text/xml; charset=utf-8")], xml).into_response(),
    })
}

/// The identity provider answers: the session here has ended before it was asked.
async fn logged_out_there(
    app: &App,
    config: &Config,
    headers: &HeaderMap,
    answer: LogoutAnswer,
    flow: Flow,
) -> Result<Response, Problem> {
    let (sealed, forget) = take_pending(app, headers, answer.handle()).await?;
    let forget = AppendHeaders(forget.map(|forget| (SET_COOKIE, forget)));
    let accepted = match sealed.map(|sealed| config.sp.open_pending_logout(&app.seal, &sealed)) {
        Some(pending) => pending.and_then(|pending| answer.accept(pending)),
        None => Err(answer.without_pending()),
    };
    if let (Err(error), Some(_)) = (&accepted, visitor(app, headers).await?) {
        // It is about somebody else, or about another day: whoever is here is signed in.
        return Ok((forget, not_signed_out(app, flow, error)).into_response());
    }
    let everywhere = accepted.as_ref().is_ok_and(|ended| ended.everywhere);
    let flow = match &accepted {
        Ok(_) => flow.done(if everywhere { "signed out everywhere" } else { "signed out of some" }),
        Err(error) => flow.refused(error),
    };
    flow.write(app);
    Ok((forget, layout::signed_out(everywhere)).into_response())
}

fn not_signed_out(app: &App, flow: Flow, error: &Error) -> Response {
    flow.refused(error).write(app);
    layout::not_signed_out(&app.support).into_response()
}

/// GET `/saml/metadata`.
pub(crate) async fn metadata(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let xml = app.config()?.sp.metadata().to_xml()?;
    Ok(([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response())
}
