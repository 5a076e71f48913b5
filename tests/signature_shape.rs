//! The one shape of signature that is recognised: what is accepted, and the words in which the rest is refused. Every
//! refusal stands under a genuine signature in `tests/attacks`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may stop where it stands

mod world;

use saml_sp::testing::{CarriedCertificate, Sign, SignatureStyle, TestIdp};
use saml_sp::{DigestAlgorithm, Expect, IdentityProvider, Limits, SignatureAlgorithm, Whose};
use world::*;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
const INCLUSIVE_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EACH: [Sign; 2] = [Sign::Assertion, Sign::Response];
const EVERY: [Sign; 3] = [Sign::Assertion, Sign::Response, Sign::Both];

fn element(sign: Sign) -> &'static str {
    if sign == Sign::Assertion { "Assertion" } else { "Response" }
}

/// The outcome where the one Signature of a message is altered, and SignedInfo signed again as it stands then.
fn signed_again(world: &World, sign: Sign, alter: impl FnOnce(&str, &str) -> String) -> Outcomes {
    altered(world, sign, alter, true)
}

/// As [`signed_again`], with the old signature value.
fn left(world: &World, sign: Sign, alter: impl FnOnce(&str, &str) -> String) -> Outcomes {
    altered(world, sign, alter, false)
}

/// `alter` gets the text of the Signature and the ID of the signed element, and gives another Signature.
fn altered(world: &World, sign: Sign, alter: impl FnOnce(&str, &str) -> String, again: bool) -> Outcomes {
    let (pending, request) = world.begin();
    let mut answer = world.test_idp.answer(&request, "alice");
    answer.sign = sign;
    let id = if sign == Sign::Assertion { answer.assertion_id.clone() } else { answer.response_id.clone() };
    let xml = world.test_idp.sign(&answer).unwrap();
    let signature = cut(&xml, "<ds:Signature ", "</ds:Signature>").to_owned();
    let other = alter(&signature, &id);
    assert_ne!(other, signature, "nothing was altered");
    let mut xml = replace(&xml, &signature, &other);
    if again {
        xml = world.test_idp.sign_again(&xml, &id).unwrap();
    }
    world.take(&xml, Expect::AnswerTo(pending))
}

fn styled(change: impl FnOnce(&mut SignatureStyle)) -> World {
    let mut style = SignatureStyle::default();
    change(&mut style);
    let world = World::new();
    World { test_idp: world.test_idp.signature_style(style), ..world }
}

fn signed_by(sign: Sign) -> impl FnOnce(&mut saml_sp::testing::Answer) {
    move |answer| answer.sign = sign
}

// ---- what is accepted

#[test]
fn iip_sso04_assertion_response_or_both() {
    for sign in EVERY {
        accepts(World::new().answered(signed_by(sign)));
    }
}

#[test]
fn every_canonicalization_in_either_place() {
    for sign in EVERY {
        for canonicalization in [EXCLUSIVE, EXCLUSIVE_COMMENTS, INCLUSIVE, INCLUSIVE_COMMENTS, INCLUSIVE_11] {
            for transform in [Some(EXCLUSIVE), Some(EXCLUSIVE_COMMENTS), Some(INCLUSIVE), Some(INCLUSIVE_11), None] {
                let world = styled(|style| {
                    style.canonicalization = canonicalization.to_owned();
                    style.transform = transform.map(str::to_owned);
                });
                accepts(world.answered(signed_by(sign)));
            }
        }
    }
}

#[test]
fn prefix_lists_that_name_what_is_declared_and_what_is_not() {
    for sign in EVERY {
        for list in ["xs", "xs xsi", "#default saml", " saml\tsamlp\nds ", "never-declared"] {
            let world = styled(|style| style.prefix_list = list.to_owned());
            accepts(world.answered(|answer| {
                answer.sign = sign;
                answer.attribute("a", ["b"]);
            }));
        }
    }
}

#[test]
fn prefix_list_at_its_limit() {
    for (limit, n, fits) in
        [(64, 63, true), (64, 64, true), (64, 65, false), (2, 2, true), (2, 3, false), (0, 1, false)]
    {
        let list = (0..n).map(|i| format!("p{i}")).collect::<Vec<_>>().join(" ");
        for sign in EACH {
            let mut limits = Limits::default();
            limits.prefix_list = limit;
            // The signer has the default limits; what is longer is written into a signed message.
            let world = World::new().built(|builder| builder.limits(limits));
            let parameter = format!("<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{list}\"/>");
            let outcome = signed_again(&world, sign, |signature, _| {
                let tag = cut(signature, "<ds:Transform Algorithm=\"http://www.w3.org/2001", "</ds:Transform>");
                let tag = tag.to_owned();
                replace(signature, &tag, &tag.replace("</ds:Transform>", &format!("{parameter}</ds:Transform>")))
            });
            if fits {
                accepts(outcome);
            } else {
                let shows = [element(sign), &format!("more than {limit} prefixes")];
                stops(outcome, "c14n-too-many-prefixes", Whose::Attack, &shows);
            }
        }
    }
}

/// Some old products write it; on the document element it means the same bytes.
#[test]
fn empty_reference_uri_on_the_response_alone() {
    let world = styled(|style| style.empty_reference = true);
    accepts(world.answered(signed_by(Sign::Response)));
    for sign in [Sign::Assertion, Sign::Both] {
        let outcome = world.answered(signed_by(sign));
        stops(outcome, "reference-elsewhere", Whose::Attack, &["Assertion", "\"\"", "\"#_"]);
    }
}

#[test]
fn ids_that_begin_with_digits_or_look_odd() {
    for sign in EVERY {
        for id in ["0123abc", "-a", ".b", "a:b", "é", "\u{203f}", "S2a.b-c_d"] {
            accepts(World::new().answered(|answer| {
                answer.sign = sign;
                answer.assertion_id = id.to_owned();
                answer.response_id = format!("{id}r");
            }));
        }
    }
}

#[test]
fn white_space_in_base64_is_fine() {
    for sign in EACH {
        let world = World::new();
        accepts(signed_again(&world, sign, |signature, _| {
            let value = cut(signature, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
            let wrapped = value.replace("<ds:DigestValue>", "<ds:DigestValue>\n  ").replace("</", "\r\n\t</");
            replace(signature, &value, &wrapped)
        }));
        accepts(left(&world, sign, |signature, _| {
            let value = cut(signature, "<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
            let (start, rest) = value.split_at("<ds:SignatureValue>".len() + 20);
            replace(signature, &value, &format!("{start}\n{rest}"))
        }));
    }
}

#[test]
fn comments_outside_signed_info_mean_nothing() {
    for sign in EACH {
        for place in ["<ds:SignatureValue>", "<ds:KeyInfo>", "</ds:Signature>"] {
            accepts(left(&World::new(), sign, |signature, _| replace(signature, place, &format!("<!-- -->{place}"))));
        }
    }
}

#[test]
fn key_info_is_optional_and_never_trusted() {
    for sign in EVERY {
        let carrying = |carries: CarriedCertificate| styled(|style| style.carries = carries);
        accepts(carrying(CarriedCertificate::Nothing).answered(signed_by(sign)));
        // A stranger's certificate beside a genuine signature changes nothing.
        let stranger = TestIdp::with_ecdsa(IDP).unwrap();
        accepts(carrying(CarriedCertificate::Other(stranger.certificate())).answered(signed_by(sign)));
    }
    for content in [
        "",
        "<ds:KeyName>x</ds:KeyName>",
        "<ds:RetrievalMethod URI=\"https://evil.example.com/key\"/>",
        "<ds:X509Data><ds:X509Certificate>not a certificate</ds:X509Certificate></ds:X509Data>",
        "<x xmlns=\"urn:example:x\">anything</x>",
    ] {
        for sign in EACH {
            accepts(left(&World::new(), sign, |signature, _| {
                let key_info = cut(signature, "<ds:KeyInfo>", "</ds:KeyInfo>").to_owned();
                replace(signature, &key_info, &format!("<ds:KeyInfo>{content}</ds:KeyInfo>"))
            }));
        }
    }
}

#[test]
fn iip_md07_sdp_sp37_each_trusted_key_is_tried() {
    let strangers: Vec<String> = (0..15).map(|_| TestIdp::with_ecdsa(IDP).unwrap().certificate()).collect();
    for own_at in [0, 7, 15] {
        let world = World::new();
        let mut certificates = strangers.clone();
        certificates.insert(own_at, world.test_idp.certificate());
        let mut idp = IdentityProvider::manual(IDP, "https://idp.test/sso", &certificates[0]).unwrap();
        for certificate in &certificates[1..] {
            idp = idp.with_signing_certificate(certificate).unwrap();
        }
        assert_eq!(idp.signing_keys().len(), 16);
        let world = World { idp, ..world };
        let accepted = world.answered(|_| ()).unwrap();
        assert_eq!(accepted.proofs()[0].key, world.idp.signing_keys()[own_at].to_string());
        // And none of them is another's.
        let stranger = World { idp: world.idp, ..World::new() };
        let outcome = stranger.answered(|_| ());
        stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &[&stranger.idp.signing_keys()[15].to_string()]);
    }
}

#[test]
fn iip_alg01_02_03_sdp_alg01_algorithms_that_need_no_permission() {
    use SignatureAlgorithm::{
        EcdsaSha256, EcdsaSha384, EcdsaSha512, Ed25519, RsaPssSha256, RsaPssSha384, RsaPssSha512, RsaSha256, RsaSha384,
        RsaSha512,
    };
    let rsa = [RsaSha256, RsaSha384, RsaSha512, RsaPssSha256, RsaPssSha384, RsaPssSha512];
    let ecdsa = [EcdsaSha256, EcdsaSha384, EcdsaSha512];
    for (mut test_idp, algorithms) in [
        (TestIdp::new(IDP).unwrap(), &rsa[..]),
        (TestIdp::with_ecdsa(IDP).unwrap(), &ecdsa),
        (TestIdp::with_ed25519(IDP).unwrap(), &[Ed25519]),
    ] {
        for algorithm in algorithms {
            for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
                let world = World::of(test_idp.algorithms(*algorithm, digest));
                let accepted = world.answered(signed_by(Sign::Both)).unwrap();
                assert_eq!(accepted.proofs()[1].algorithm, algorithm.name());
                assert_eq!(accepted.proofs()[1].digest, digest.name());
                test_idp = world.test_idp;
            }
        }
    }
}

// ---- which signature, and where

#[test]
fn nothing_signed() {
    let outcome = World::new().answered(signed_by(Sign::Nothing));
    let error =
        stops(outcome, "signature-missing", Whose::IdentityProvider, &["neither the Response nor the Assertion"]);
    assert!(!error.to_string().contains("stands in"));
}

// ---- what is refused; tests/attacks has every shape of it, these are the words

/// Both sides, and who can put it right.
#[test]
fn refusals_say_what_was_found_and_what_was_wanted() {
    type Alter = fn(&str, &str) -> String;
    let refusals: [(Alter, &str, Whose, &[&str]); 12] = [
        (
            |signature, _| signature.repeat(2),
            "signature-several",
            Whose::Attack,
            &["carries 2 signatures", "at most one"],
        ),
        (
            |signature, _| {
                let reference = cut(signature, "<ds:Reference ", "</ds:Reference>").to_owned();
                replace(signature, &reference, &reference.repeat(3))
            },
            "signature-references",
            Whose::Attack,
            &["3 References", "exactly one"],
        ),
        (
            |signature, _| {
                let reference = cut(signature, "<ds:Reference ", "</ds:Reference>").to_owned();
                replace(signature, &reference, "")
            },
            "signature-references",
            Whose::Attack,
            &["0 References", "exactly one"],
        ),
        (
            |signature, id| replace(signature, &format!("URI=\"#{id}\""), "URI=\"#xpointer(/)\""),
            "reference-elsewhere",
            Whose::Attack,
            &["\"#xpointer(/)\"", "own element \"#_"],
        ),
        (
            |signature, id| replace(signature, &format!(" URI=\"#{id}\""), ""),
            "reference-elsewhere",
            Whose::Attack,
            &["no URI at all", "own element \"#_"],
        ),
        (
            |signature, _| replace(signature, "</ds:Signature>", "<ds:Object/></ds:Signature>"),
            "signature-shape",
            Whose::IdentityProvider,
            &[
                "Signature: found \"SignedInfo, SignatureValue, KeyInfo, Object\"",
                "wanted SignedInfo, SignatureValue, KeyInfo?",
            ],
        ),
        (
            |signature, _| replace(signature, "<ds:Reference", "<!-- --><ds:Reference"),
            "signature-shape",
            Whose::IdentityProvider,
            &["SignedInfo: found \"a comment\", wanted none"],
        ),
        (
            |signature, _| {
                let tag = cut(signature, "<ds:SignatureMethod ", ">").to_owned();
                replace(signature, &tag, &format!("{tag}<ds:HMACOutputLength>0</ds:HMACOutputLength>"))
            },
            "signature-shape",
            Whose::IdentityProvider,
            &["SignatureMethod: found \"HMACOutputLength\", wanted no parameters"],
        ),
        (
            |signature, _| {
                let tag = cut(signature, "<ds:Transform Algorithm=\"http://www.w3.org/2001", ">").to_owned();
                let list = "<ec:InclusiveNamespaces xmlns:ec=\"urn:example:ec\" PrefixList=\"xs\"/>";
                replace(signature, &tag, &format!("{tag}{list}"))
            },
            "signature-shape",
            Whose::IdentityProvider,
            &["found \"InclusiveNamespaces\"", "wanted InclusiveNamespaces? (exclusive only)"],
        ),
        (
            |signature, _| replace(signature, ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
            "signature-transform",
            Whose::IdentityProvider,
            &["\"http://www.w3.org/TR/1999/REC-xpath-19991116, http://www.w3.org/2001/10/xml-exc-c14n#\""],
        ),
        (
            |signature, _| replace(signature, &format!(" Algorithm=\"{ENVELOPED}\""), ""),
            "signature-transform",
            Whose::IdentityProvider,
            &["\"(none), http"],
        ),
        (
            |signature, _| {
                let value = cut(signature, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
                replace(signature, &value, "<ds:DigestValue>?</ds:DigestValue>")
            },
            "signature-base64",
            Whose::IdentityProvider,
            &["DigestValue of the signature of", "not base64"],
        ),
    ];
    for sign in EACH {
        for (alter, code, whose, shows) in &refusals {
            let error = stops(left(&World::new(), sign, alter), code, *whose, shows);
            assert!(error.to_string().contains(element(sign)), "{error}");
        }
    }
}

/// Where a Signature stands that signs nothing we read, and whose ID is none.
#[test]
fn what_no_signature_covers_is_said() {
    for (sign, place, elsewhere) in [
        (Sign::Response, "</samlp:Status>", "Status"),
        (Sign::Assertion, "</saml:SubjectConfirmation>", "SubjectConfirmation"),
    ] {
        let outcome = World::new().answered_with(signed_by(sign), |xml| {
            let signature = cut(&xml, "<ds:Signature ", "</ds:Signature>").to_owned();
            let without = replace(&xml, &signature, "");
            replace(&without, place, &format!("{signature}{place}"))
        });
        let shows = ["neither", &format!("stands in \"{elsewhere}\"")];
        stops(outcome, "signature-missing", Whose::IdentityProvider, &shows);
    }
    for attribute in ["Id", "id", "saml:ID", "xml:id"] {
        let outcome = World::new().answered_with(signed_by(Sign::Assertion), |xml| {
            let tag = cut(&xml, "<saml:Assertion ID=\"", "\"").to_owned();
            replace(&xml, &tag, &tag.replace(" ID=", &format!(" {attribute}=")))
        });
        stops(outcome, "reference-elsewhere", Whose::Attack, &["\"#_", "has no ID"]);
    }
}

/// Canonical XML 1.1 would join the values; what an attacker could do with that need not be known.
#[test]
fn xml_base_is_named_with_a_way_out() {
    let world = styled(|style| style.transform = Some(INCLUSIVE_11.to_owned()));
    let outcome = world.answered_with(signed_by(Sign::Assertion), |xml| {
        let xml = replace(&xml, "<samlp:Response ", "<samlp:Response xml:base=\"https://evil.example.com/\" ");
        replace(&xml, "<saml:Assertion ", "<saml:Assertion xml:base=\"x/\" ")
    });
    stops(outcome, "c14n-xml-base", Whose::IdentityProvider, &["Assertion", "xml:base"]);
}

#[test]
fn values_are_one_text_of_base64() {
    for sign in EACH {
        for (value, code) in [
            ("", "signature-shape"),
            ("<x xmlns=\"\"/>", "signature-shape"),
            ("AAAA<x xmlns=\"\"/>", "signature-shape"),
            (" \n", "signature-base64"),
            ("?", "signature-base64"),
            ("AA AA=A", "signature-base64"),
            ("AAAA AAAB", "digest-mismatch"),
        ] {
            let outcome = signed_again(&World::new(), sign, |signature, _| {
                let part = cut(signature, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
                replace(signature, &part, &format!("<ds:DigestValue>{value}</ds:DigestValue>"))
            });
            let shown = if code == "digest-mismatch" { "digest" } else { "DigestValue" };
            let found = if value.is_empty() { "nothing" } else { "" };
            stops(outcome, code, Whose::IdentityProvider, &[element(sign), shown, found]);
            let outcome = left(&World::new(), sign, |signature, _| {
                let part = cut(signature, "<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
                replace(signature, &part, &format!("<ds:SignatureValue>{value}</ds:SignatureValue>"))
            });
            let (code, whose) = match code {
                "digest-mismatch" => ("signature-wrong-key", Whose::ServiceProvider),
                code => (code, Whose::IdentityProvider),
            };
            stops(outcome, code, whose, &[element(sign)]);
        }
        // Longer than any digest, and longer than any signature.
        for (part, fits, beyond) in [("DigestValue", 64, 65), ("SignatureValue", 1024, 1025)] {
            for (n, base64) in [(fits, false), (beyond, true)] {
                let text = form_value(&"a".repeat(n));
                let outcome = left(&World::new(), sign, |signature, _| {
                    let value = cut(signature, &format!("<ds:{part}>"), &format!("</ds:{part}>")).to_owned();
                    replace(signature, &value, &format!("<ds:{part}>{text}</ds:{part}>"))
                });
                assert_eq!(outcome.unwrap_err().error.code() == "signature-base64", base64, "{part} {n}");
            }
        }
    }
}

// ---- algorithms and keys

#[test]
fn iip_alg08_unknown_algorithms_are_named_with_what_is_supported() {
    for sign in EACH {
        for (method, role, uris) in [
            (
                "SignatureMethod",
                "signature",
                &[
                    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
                    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
                    "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224",
                    "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
                    " http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                    "",
                ][..],
            ),
            (
                "DigestMethod",
                "digest",
                &[
                    "http://www.w3.org/2001/04/xmldsig-more#md5",
                    "http://www.w3.org/2001/04/xmldsig-more#sha224",
                    "http://www.w3.org/2001/04/xmlenc#SHA256",
                ],
            ),
            (
                "CanonicalizationMethod",
                "canonicalization",
                &["urn:example:c14n", "http://www.w3.org/2001/10/xml-exc-c14n", "http://www.w3.org/2010/xml-c14n2"],
            ),
        ] {
            for uri in uris {
                let outcome = signed_again(&World::new(), sign, |signature, _| {
                    let tag = cut(signature, &format!("<ds:{method} "), ">").to_owned();
                    replace(signature, &tag, &format!("<ds:{method} Algorithm=\"{uri}\">"))
                });
                let shows = [element(sign), role, &format!("{uri:?}"), "supported: "];
                stops(outcome, "algorithm-unknown", Whose::IdentityProvider, &shows);
            }
            let outcome = signed_again(&World::new(), sign, |signature, _| {
                let tag = cut(signature, &format!("<ds:{method} "), ">").to_owned();
                replace(signature, &tag, &format!("<ds:{method}>"))
            });
            stops(
                outcome,
                "signature-shape",
                Whose::IdentityProvider,
                &[element(sign), "Algorithm", "found", "wanted"],
            );
        }
    }
}

#[test]
fn sha1_only_by_name() {
    let digest = || {
        World::of(TestIdp::with_ecdsa(IDP).unwrap().algorithms(SignatureAlgorithm::EcdsaSha256, DigestAlgorithm::Sha1))
    };
    let signature =
        || World::of(TestIdp::new(IDP).unwrap().algorithms(SignatureAlgorithm::RsaSha1, DigestAlgorithm::Sha256));
    let both = || World::of(TestIdp::new(IDP).unwrap().algorithms(SignatureAlgorithm::RsaSha1, DigestAlgorithm::Sha1));
    for world in [digest, signature, both] {
        for sign in EVERY {
            let outcome = world().answered(signed_by(sign));
            stops(outcome, "sha1-refused", Whose::IdentityProvider, &[element(sign), "SHA-1", "SHA-256"]);
        }
        let relaxed = world().built(|builder| builder.dangerous_allow_sha1());
        accepts(relaxed.answered(signed_by(Sign::Both)));
    }
}

#[test]
fn small_rsa_only_by_name() {
    let world = || World::of(TestIdp::with_small_rsa(IDP).unwrap());
    for sign in EACH {
        let outcome = world().answered(signed_by(sign));
        stops(outcome, "small-rsa-refused", Whose::IdentityProvider, &[element(sign), "1024", "2048"]);
        accepts(world().built(|builder| builder.dangerous_allow_small_rsa()).answered(signed_by(sign)));
    }
}

/// The key decides which algorithms are possible, never the message.
#[test]
fn algorithm_of_another_kind_of_key() {
    for uri in
        ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"]
    {
        let outcome = signed_again(&World::new(), Sign::Assertion, |signature, _| {
            replace(signature, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", uri)
        });
        stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &["Assertion", "EC"]);
    }
}

#[test]
fn wrong_key_names_both() {
    for sign in EVERY {
        for carries in ["own", "the victim's", "nothing"] {
            let world = World::new();
            let (pending, request) = world.begin();
            let mallory = TestIdp::with_ecdsa(IDP).unwrap();
            let mallorys_key = mallory.identity_provider().unwrap().signing_keys()[0].to_string();
            let mut style = SignatureStyle::default();
            let carried = match carries {
                "own" => mallorys_key,
                "nothing" => {
                    style.carries = CarriedCertificate::Nothing;
                    "no certificate".to_owned()
                }
                _ => {
                    style.carries = CarriedCertificate::Other(world.test_idp.certificate());
                    world.idp.signing_keys()[0].to_string()
                }
            };
            let mallory = mallory.signature_style(style);
            let mut answer = world.test_idp.answer(&request, MALLORY);
            answer.sign = sign;
            let outcome = world.take(&mallory.sign(&answer).unwrap(), Expect::AnswerTo(pending));
            let shows = [element(sign), &world.idp.signing_keys()[0].to_string(), &format!("carries {carried}")];
            stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &shows);
        }
    }
}

/// It is anybody's, and read for the error alone: as far as 16 KB of base64, far above real ones.
#[test]
fn carried_certificate_is_named_up_to_sixteen_kilobytes() {
    let world = World::new();
    let mallory = TestIdp::with_ecdsa(IDP).unwrap();
    let key = mallory.identity_provider().unwrap().signing_keys()[0].to_string();
    for (length, carried) in [(16 * 1024, key.as_str()), (16 * 1024 + 1, "no certificate")] {
        let (pending, request) = world.begin();
        let xml = mallory.sign(&world.test_idp.answer(&request, MALLORY)).unwrap();
        let place = "<ds:X509Certificate>";
        let text = cut(&xml, place, "</ds:X509Certificate>").len() - place.len() - "</ds:X509Certificate>".len();
        let xml = replace(&xml, place, &format!("{place}{}", " ".repeat(length - text)));
        let outcome = world.take(&xml, Expect::AnswerTo(pending));
        stops(outcome, "signature-wrong-key", Whose::ServiceProvider, &[&format!("carries {carried}")]);
    }
}

#[test]
fn altered_content_is_told_from_a_wrong_key() {
    for sign in EVERY {
        let outcome = World::new().answered_with(signed_by(sign), |xml| replace(&xml, ">alice<", ">mallory<"));
        stops(outcome, "digest-mismatch", Whose::IdentityProvider, &[element(sign), "SHA-256", "not what was signed"]);
        // White space between elements is content as well.
        let outcome =
            World::new().answered_with(signed_by(sign), |xml| replace(&xml, "<saml:Subject>", "\n<saml:Subject>"));
        stops(outcome, "digest-mismatch", Whose::IdentityProvider, &[]);
    }
    // An attacker who mends the digest breaks the signature over it.
    for sign in EACH {
        let world = World::new();
        let outcome = left(&world, sign, |signature, _| {
            let value = cut(signature, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
            replace(signature, &value, &format!("<ds:DigestValue>{}</ds:DigestValue>", form_value("x")))
        });
        stops(outcome, "digest-mismatch", Whose::IdentityProvider, &[element(sign)]);
    }
}

#[test]
fn what_leaves_the_octets_as_they_are_is_accepted() {
    for sign in EVERY {
        for (from, to) in [
            ("<saml:Subject>", "<saml:Subject >"),
            ("</saml:Subject>", "</saml:Subject\n>"),
            (">alice<", "><![CDATA[ali]]>&#99;e<"),
            (
                " Version=\"2.0\" IssueInstant=\"2026-01-15T12:00:00Z\"><saml:Issuer>",
                "\n IssueInstant='2026-01-15T12:00:00Z'  Version='2.0'><saml:Issuer>",
            ),
            ("<saml:NameID ", "<saml:NameID xmlns:unused=\"urn:example:unused\" "),
        ] {
            let login = accepts(World::new().answered_with(signed_by(sign), |xml| replace(&xml, from, to)));
            assert_eq!(login.identity.name_id().unwrap().value, "alice");
        }
    }
}

/// Each trusted key hashes SignedInfo once: its size is bounded, at 16 KB of the message, far above real ones.
#[test]
fn signed_info_of_sixteen_kilobytes_at_most() {
    let world = World::new();
    let padded = |bytes: usize| {
        signed_again(&world, Sign::Assertion, |signature, _| {
            let info = cut(signature, "<ds:SignedInfo>", "</ds:SignedInfo>").len();
            replace(signature, "<ds:SignedInfo>", &format!("<ds:SignedInfo>{}", " ".repeat(bytes - info)))
        })
    };
    accepts(padded(16 * 1024 - 1));
    accepts(padded(16 * 1024));
    stops(padded(16 * 1024 + 1), "signature-shape", Whose::IdentityProvider, &["SignedInfo"]);
}
