//! Keys that change without a failed login: ours against an identity provider that follows late, and its keys against us.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod keys;

use keys::Pair;
use saml_sp::testing::{Encrypted, TestIdp};
use saml_sp::{
    Binding, Credential, Error, Expect, IdentityProvider, KeyState, Login, LoginOptions, PostedResponse, ReplayCache,
    ServiceProvider,
};

const SP: &str = "https://app.example.com/saml";

fn sp(credentials: impl IntoIterator<Item = Credential>) -> ServiceProvider {
    let builder = ServiceProvider::builder(SP, "https://app.example.com/saml/acs").always_sign_requests();
    credentials.into_iter().fold(builder, saml_sp::ServiceProviderBuilder::credential).build().unwrap()
}

/// The configuration before the first edit and after each, as the manual's chapter has them.
fn configurations(old: &Pair, new: &Pair) -> [ServiceProvider; 4] {
    [
        sp([old.both(KeyState::Active)]),
        sp([new.both(KeyState::Next), old.both(KeyState::Active)]),
        sp([new.both(KeyState::Active), old.both(KeyState::Retiring)]),
        sp([new.both(KeyState::Active)]),
    ]
}

/// A login of which one node sends the signed request and another takes the encrypted answer.
fn login(
    test_idp: &TestIdp,
    begins: &ServiceProvider,
    accepts: &ServiceProvider,
    binding: Binding,
) -> Result<Login, Box<dyn std::error::Error>> {
    let idp = test_idp.identity_provider()?;
    let begun = begins.begin_login_with(&idp, &LoginOptions::new().binding(binding))?;
    let request = test_idp.receive(&begun.send)?;
    assert!(request.signed);
    let mut answer = test_idp.answer(&request, "alice");
    answer.encryption.push(test_idp.encryption(SP, Encrypted::Assertion)?);
    let form = test_idp.post(&answer)?;
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    Ok(accepts.accept(&idp, &posted, Expect::AnswerTo(begun.pending))?.confirm_with(&ReplayCache::default())?)
}

/// After each edit, with the nodes of a fleet before or after it, and with an identity provider whose copy of the metadata
/// is from before or after it.
#[test]
fn iip_sp08_and_sdp_sp38_our_keys_roll_over_without_a_failed_login() {
    let (old, new) = (Pair::rsa(), Pair::rsa());
    let configurations = configurations(&old, &new);
    let mut logins = 0;
    for edit in 1..configurations.len() {
        let around = &configurations[edit - 1..=edit];
        for copy in around {
            let mut test_idp = TestIdp::new("https://idp.example.com").unwrap();
            test_idp.know(&copy.metadata().to_xml().unwrap()).unwrap();
            for begins in around {
                for accepts in around {
                    for binding in [Binding::Redirect, Binding::Post] {
                        let login = login(&test_idp, begins, accepts, binding)
                            .unwrap_or_else(|error| panic!("edit {edit}: {error}"));
                        assert_eq!(login.identity.name_id().unwrap().value, "alice");
                        logins += 1;
                    }
                }
            }
        }
    }
    assert_eq!(logins, 3 * 2 * 2 * 2 * 2);
}

/// Why there is a wait before each edit: an identity provider that is two edits behind.
#[test]
fn an_identity_provider_that_missed_two_edits_is_lost() {
    let (old, new) = (Pair::rsa(), Pair::rsa());
    let configurations = configurations(&old, &new);
    let at = |copy: usize, now: usize| {
        let mut test_idp = TestIdp::new("https://idp.example.com").unwrap();
        test_idp.know(&configurations[copy].metadata().to_xml().unwrap()).unwrap();
        login(&test_idp, &configurations[now], &configurations[now], Binding::Redirect)
    };
    // It verifies with the old key only, and we sign with the new one.
    assert!(at(0, 2).unwrap_err().to_string().contains("no key of the service provider"));
    // It encrypts to the old key, which is gone.
    let error = at(1, 3).unwrap_err();
    assert_eq!(error.downcast_ref::<Error>().unwrap().code(), "decrypt-failed");
}

/// Two certificates, of which one signs and one decrypts, roll over by themselves.
#[test]
fn sdp_md04_each_purpose_rolls_over_by_itself() {
    let (signs, next_signs, decrypts, next_decrypts) = (Pair::ecdsa(), Pair::ecdsa(), Pair::rsa(), Pair::rsa());
    let signing = |state, pair: &Pair| Credential::new(state, pair.certificate()).signing(pair.signing());
    let decryption = |state, pair: &Pair| Credential::new(state, pair.certificate()).decryption(pair.decryption());
    let (next, active, retiring) = (KeyState::Next, KeyState::Active, KeyState::Retiring);
    let steps = [
        sp([signing(active, &signs), decryption(active, &decrypts)]),
        sp([signing(active, &signs), signing(next, &next_signs), decryption(active, &decrypts)]),
        sp([signing(retiring, &signs), signing(active, &next_signs), decryption(active, &decrypts)]),
        sp([signing(active, &next_signs), decryption(active, &decrypts), decryption(next, &next_decrypts)]),
        sp([signing(active, &next_signs), decryption(retiring, &decrypts), decryption(active, &next_decrypts)]),
        sp([signing(active, &next_signs), decryption(active, &next_decrypts)]),
    ];
    for (edit, around) in steps.windows(2).enumerate() {
        for copy in around {
            let mut test_idp = TestIdp::with_ecdsa("https://idp.example.com").unwrap();
            test_idp.know(&copy.metadata().to_xml().unwrap()).unwrap();
            for node in around {
                login(&test_idp, node, node, Binding::Redirect).unwrap_or_else(|error| panic!("edit {edit}: {error}"));
            }
        }
    }
}

/// One step of the identity provider's rollover.
type Step = fn(&mut TestIdp);

const STEPS: [Step; 3] = [
    |test_idp| test_idp.publish_next_key().unwrap(),
    |test_idp| test_idp.sign_with_next_key(),
    |test_idp| test_idp.forget_old_keys(),
];

/// The answer to a login that was begun with one copy of the metadata and is accepted with another.
fn answered(test_idp: &TestIdp, begins: &IdentityProvider, accepts: &IdentityProvider) -> Result<Login, Error> {
    let sp = ServiceProvider::builder(SP, "https://app.example.com/saml/acs").build().unwrap();
    let begun = sp.begin_login(begins)?;
    let answer = test_idp.answer(&test_idp.receive(&begun.send).unwrap(), "alice");
    let form = test_idp.post(&answer).unwrap();
    let posted = PostedResponse::new(&form.saml_response, form.relay_state.as_deref());
    sp.accept(accepts, &posted, Expect::AnswerTo(begun.pending))?.confirm_with(&ReplayCache::default())
}

/// After each step, with a copy of the metadata from before or after it, refreshed in the middle of the login or not.
#[test]
fn iip_md07_and_sdp_sp37_their_keys_roll_over_without_a_failed_login() {
    for mut test_idp in
        [TestIdp::new("https://i.example"), TestIdp::with_ecdsa("https://i.example")].map(Result::unwrap)
    {
        let mut before = test_idp.identity_provider().unwrap();
        let old = before.signing_keys().to_vec();
        for (number, step) in STEPS.iter().enumerate() {
            step(&mut test_idp);
            let after = test_idp.identity_provider().unwrap();
            assert_eq!(after.signing_keys().len(), [2, 2, 1][number]);
            for (begins, accepts) in [(&before, &before), (&before, &after), (&after, &after)] {
                let login =
                    answered(&test_idp, begins, accepts).unwrap_or_else(|error| panic!("step {number}: {error}"));
                assert_eq!(login.identity.name_id().unwrap().value, "alice");
            }
            before = after;
        }
        assert_ne!(before.signing_keys(), old, "another key in the end");
    }
}

/// A key that nobody was told of: the error names ours, and a fetch of the metadata puts it right for the next login.
#[test]
fn a_rollover_without_notice_ends_with_the_next_fetch() {
    let mut test_idp = TestIdp::new("https://i.example").unwrap();
    let before = test_idp.identity_provider().unwrap();
    test_idp.roll_over().unwrap();
    let after = test_idp.identity_provider().unwrap();
    let error = answered(&test_idp, &before, &before).unwrap_err();
    assert_eq!(error.code(), "signature-wrong-key");
    assert!(error.to_string().contains(&before.signing_keys()[0].to_string()), "{error}");
    // The login that began before the fetch is not finished with a key that it did not know.
    assert_eq!(answered(&test_idp, &before, &after).unwrap_err().code(), "idp-keys-changed");
    assert!(answered(&test_idp, &after, &after).is_ok());
    assert!(!before.diff(&after).unwrap().is_empty());
}
