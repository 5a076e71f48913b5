//! Somebody who is signed in, at both ends.

use std::sync::LazyLock;

use saml_sp::testing::{Answer, Encrypted, Logout, LogoutForm, ReceivedLogoutMessage, TestIdp};
use saml_sp::{
    Binding, Clock, Credential, Error, Expect, IdentityProvider, Inbound, LoggedOut, LoginRequest, LogoutOptions,
    LogoutRequest, LogoutStart, PendingLogout, PostedResponse, ReceivedLogout, Seen, ServiceProvider,
    ServiceProviderBuilder, Session,
};

use crate::keys::Pair;
use crate::world::*;

pub(crate) const SLO: &str = "https://app.example.com/saml/slo";
pub(crate) const SLO_SOAP: &str = "https://app.example.com/saml/slo/soap";
pub(crate) const IDP_SLO: &str = "https://idp.example.com/slo";
pub(crate) const IDP_SLO_ANSWERS: &str = "https://idp.example.com/slo/answers";
pub(crate) const BINDINGS: [Binding; 3] = [Binding::Redirect, Binding::Post, Binding::Soap];

pub(crate) struct Stage {
    pub(crate) test_idp: TestIdp,
    pub(crate) idp: IdentityProvider,
    pub(crate) builder: ServiceProviderBuilder,
    pub(crate) sp: ServiceProvider,
    pub(crate) session: Session,
}

/// What arrives at a logout URL.
#[derive(Clone, Debug)]
pub(crate) enum Mail {
    Query(String),
    Form(LogoutForm),
    Soap(String),
}

impl Mail {
    pub(crate) fn inbound(&self) -> Inbound<'_> {
        match self {
            Self::Query(query) => Inbound::query(query),
            Self::Form(form) => {
                let LogoutForm { saml_request, saml_response, relay_state, .. } = form;
                Inbound::form(saml_request.as_deref(), saml_response.as_deref(), relay_state.as_deref())
            }
            Self::Soap(body) => Inbound::soap(body.as_bytes()),
        }
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(TestIdp::with_ecdsa(IDP).unwrap(), |_| ())
    }

    /// Signed in by an answer that `change` alters.
    pub(crate) fn signed_in(change: impl FnOnce(&mut Answer)) -> Self {
        Self::with(TestIdp::with_ecdsa(IDP).unwrap(), change)
    }

    pub(crate) fn with(test_idp: TestIdp, change: impl FnOnce(&mut Answer)) -> Self {
        let test_idp = test_idp.clock(Clock::Fixed(noon())).slo_url(IDP_SLO).slo_response_url(IDP_SLO_ANSWERS);
        let (signs, opens) = (Pair::ecdsa(), rsa_pair());
        let builder = self::builder()
            .credential(Credential::active(signs.certificate()).signing(signs.signing()))
            .credential(Credential::active(opens.certificate()).decryption(opens.decryption()));
        Self::of(test_idp, builder, change)
    }

    pub(crate) fn of(mut test_idp: TestIdp, builder: ServiceProviderBuilder, change: impl FnOnce(&mut Answer)) -> Self {
        let sp = builder.clone().build().unwrap();
        test_idp.know(&sp.metadata().to_xml().unwrap()).unwrap();
        let idp = test_idp.identity_provider().unwrap();
        let LoginRequest { send, pending } = sp.begin_login(&idp).unwrap();
        let mut answer = test_idp.answer(&test_idp.receive(&send).unwrap(), "alice");
        change(&mut answer);
        let form = test_idp.post(&answer).unwrap();
        let posted = PostedResponse::new(&form.saml_response, None);
        let session =
            sp.accept(&idp, &posted, Expect::AnswerTo(pending)).unwrap().confirm(Seen::FirstTime).unwrap().session;
        Self { test_idp, idp, builder, sp, session }
    }

    /// The same service provider at another moment.
    pub(crate) fn sp_at(&self, now: chrono::DateTime<chrono::Utc>) -> ServiceProvider {
        self.builder.clone().clock(Clock::Fixed(now)).build().unwrap()
    }

    /// A request of the identity provider for the URL that takes this binding.
    pub(crate) fn request(&self, binding: &Binding) -> Logout {
        self.test_idp.logout_request(&self.session, slo(binding))
    }

    pub(crate) fn encrypted_request(&self, binding: &Binding) -> Logout {
        let mut request = self.request(binding);
        request.encryption = Some(self.test_idp.encryption(SP, Encrypted::NameId).unwrap());
        request
    }

    pub(crate) fn mail(&self, logout: &Logout, binding: &Binding) -> Mail {
        match binding {
            Binding::Redirect => Mail::Query(self.test_idp.logout_query(logout).unwrap()),
            Binding::Post => Mail::Form(self.test_idp.logout_form(logout).unwrap()),
            _ => Mail::Soap(self.test_idp.logout_soap(logout).unwrap()),
        }
    }

    pub(crate) fn receive(&self, mail: &Mail) -> Result<ReceivedLogout, Error> {
        self.sp.receive_logout(&self.idp, &mail.inbound())
    }

    /// A request that a test changes before it is signed, received.
    pub(crate) fn asked(&self, binding: &Binding, change: impl FnOnce(&mut Logout)) -> Result<LogoutRequest, Error> {
        let mut request = self.request(binding);
        change(&mut request);
        match self.receive(&self.mail(&request, binding))? {
            ReceivedLogout::Request(request) => request.confirm(Seen::FirstTime),
            ReceivedLogout::Response(_) => panic!("it is a response"),
        }
    }

    /// A logout of ours that has begun, and what arrived at the other end.
    pub(crate) fn begin(&self, binding: &Binding) -> (PendingLogout, ReceivedLogoutMessage) {
        let options = LogoutOptions::new();
        if *binding == Binding::Soap {
            let call = self.sp.begin_logout_by_soap(&self.idp, &self.session, &options).unwrap();
            let message = self.test_idp.receive_logout_call(&call).unwrap();
            return (call.pending, message);
        }
        let options = options.binding(binding.clone());
        let LogoutStart { send, pending } = self.sp.begin_logout_with(&self.idp, &self.session, &options).unwrap();
        (pending, self.test_idp.receive_logout(&send).unwrap())
    }

    /// An answer to a logout of ours that a test changes before it is signed, taken.
    pub(crate) fn answered(&self, binding: &Binding, change: impl FnOnce(&mut Logout)) -> Result<LoggedOut, Error> {
        let (pending, request) = self.begin(binding);
        let mut response = self.test_idp.logout_response(&request, slo(binding));
        change(&mut response);
        match self.receive(&self.mail(&response, binding))? {
            ReceivedLogout::Response(answer) => answer.accept(pending),
            ReceivedLogout::Request(_) => panic!("it is a request"),
        }
    }
}

/// An RSA key takes longer to make than all the rest: one for all tests.
pub(crate) fn rsa_pair() -> &'static Pair {
    static PAIR: LazyLock<Pair> = LazyLock::new(Pair::rsa);
    &PAIR
}

pub(crate) fn builder() -> ServiceProviderBuilder {
    ServiceProvider::builder(SP, ACS)
        .clock(Clock::Fixed(noon()))
        .slo_url(Binding::Redirect, SLO)
        .slo_url(Binding::Post, SLO)
        .slo_url(Binding::Soap, SLO_SOAP)
}

pub(crate) fn slo(binding: &Binding) -> &'static str {
    if *binding == Binding::Soap { SLO_SOAP } else { SLO }
}

#[track_caller]
pub(crate) fn is<T: std::fmt::Debug>(result: Result<T, Error>, code: &str, whose: saml_sp::Whose, shows: &[&str]) {
    is_error(&result.unwrap_err(), code, whose, shows);
}
