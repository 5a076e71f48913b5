//! What an identity says, and that it is what was signed.

use saml_sp::testing::{AnswerAttribute, Sign};
use saml_sp::{Identity, Whose};

use crate::world::*;

const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";

/// The identity of an answer with this text in its AttributeStatement.
fn identity(statement: &str) -> Identity {
    let statement = format!("<saml:AttributeStatement>{statement}</saml:AttributeStatement></saml:Assertion>");
    let outcome = World::new().written(Sign::Assertion, |_| (), |xml| replace(&xml, "</saml:Assertion>", &statement));
    accepts(outcome).identity
}

#[test]
fn iip_sp01_any_name_and_any_name_format() {
    let mut names = vec![
        "urn:oid:0.9.2342.19200300.100.1.3",
        "mail",
        "E-Mail Address",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "é\u{1f600}",
    ];
    let long = "n".repeat(256);
    names.push(&long);
    let login = accepts(World::new().answered(|answer| {
        for name in &names {
            answer.attribute(*name, [format!("value of {name}")]);
            answer.attributes.last_mut().unwrap().name_format = Some("urn:example:any format".to_owned());
        }
    }));
    for name in &names {
        assert_eq!(login.identity.attribute(name), Some(format!("value of {name}").as_str()));
    }
    assert_eq!(login.identity.attributes()[0].name_format.as_deref(), Some("urn:example:any format"));
    assert_eq!(login.identity.attribute("Mail"), None, "names are compared exactly");
    assert_eq!(login.identity.attribute(" mail"), None);
}

#[test]
fn iip_sp02_no_xsi_type() {
    let identity = identity(
        "<saml:Attribute Name=\"mail\"><saml:AttributeValue>a@example.com</saml:AttributeValue></saml:Attribute>",
    );
    assert_eq!(identity.attribute("mail"), Some("a@example.com"));
}

#[test]
fn iip_sp10_unknown_attributes_are_no_failure() {
    let identity = identity(
        "<saml:Attribute Name=\"x\" y:z=\"1\" xmlns:y=\"urn:example:y\"><saml:AttributeValue xmlns:q=\"urn:example:q\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"q:unheard-of\">v</saml:AttributeValue></saml:Attribute>",
    );
    assert_eq!(identity.attribute("x"), Some("v"));
}

#[test]
fn iip_sp11_friendly_name_names_nothing() {
    let identity = identity(
        "<saml:Attribute Name=\"urn:oid:1\" FriendlyName=\"admin\"><saml:AttributeValue>no</saml:AttributeValue></saml:Attribute>",
    );
    assert_eq!(identity.attribute("admin"), None);
    assert_eq!(identity.attributes()[0].friendly_name.as_deref(), Some("admin"));
}

#[test]
fn iip_g02_values_of_256_characters_and_more_arrive_whole() {
    for n in [1, 255, 256, 257, 20_000] {
        let value = "\u{1f512}".repeat(n);
        let login = accepts(World::new().answered(|answer| {
            answer.attribute("v", [value.clone()]);
            answer.name_id.as_mut().unwrap().value = value.clone();
        }));
        assert_eq!(login.identity.attribute("v"), Some(value.as_str()));
        assert_eq!(login.identity.name_id().unwrap().value, value);
    }
}

#[test]
fn core_1_3_1_values_and_names_are_never_touched() {
    let odd = " \u{200b}Al\u{456}ce\r\n\t<&>\"' \u{ff21} ";
    let login = accepts(World::new().answered(|answer| {
        answer.attribute("v", [odd, "", " "]);
        answer.name_id.as_mut().unwrap().value = odd.to_owned();
    }));
    assert_eq!(login.identity.attribute_values("v").collect::<Vec<_>>(), [odd, "", " "]);
    assert_eq!(login.identity.name_id().unwrap().value, odd);
}

#[test]
fn sdp_sp13_no_name_id_is_fine() {
    let login = accepts(World::new().answered(|answer| {
        answer.name_id = None;
        answer.attribute("urn:oasis:names:tc:SAML:attribute:subject-id", ["alice@example.com"]);
    }));
    assert_eq!(login.identity.name_id(), None);
    assert_eq!(login.identity.subject_key(), None);
    assert_eq!(login.session.name_id(), None);
    assert_eq!(login.identity.attribute("urn:oasis:names:tc:SAML:attribute:subject-id"), Some("alice@example.com"));
}

#[test]
fn name_id_that_is_empty_or_no_text() {
    for (name_id, shows) in [
        ("<saml:NameID></saml:NameID>", "a text"),
        ("<saml:NameID> \n</saml:NameID>", "a text"),
        ("<saml:NameID>alice<x xmlns=\"\"/></saml:NameID>", "elements"),
    ] {
        let outcome = World::new().written(
            Sign::Assertion,
            |_| (),
            |xml| xml.replace(cut(&xml, "<saml:NameID", "</saml:NameID>"), name_id),
        );
        stops(outcome, "message-bad-value", Whose::IdentityProvider, &["NameID", shows]);
    }
    let outcome = World::new().written(
        Sign::Assertion,
        |_| (),
        |xml| replace(&xml, "</saml:NameID>", "</saml:NameID><saml:NameID>mallory</saml:NameID>"),
    );
    stops(outcome, "message-repeated-part", Whose::IdentityProvider, &["NameID", "Subject"]);
}

#[test]
fn sdp_sp18_attributes_have_all_their_values_in_order() {
    let login = accepts(World::new().answered(|answer| {
        answer.attribute("groups", ["a", "b"]).attribute("mail", ["m"]).attribute("groups", ["c", "a"]);
        answer.attributes[0].name_format = Some("urn:example:first".to_owned());
        answer.attribute("none", [""; 0]);
    }));
    let identity = login.identity;
    assert_eq!(identity.attribute_values("groups").collect::<Vec<_>>(), ["a", "b", "c", "a"]);
    assert_eq!(identity.attributes().iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["groups", "mail", "none"]);
    // Several elements of one Name are one attribute, with the first one's format.
    assert_eq!(identity.attributes()[0].name_format.as_deref(), Some("urn:example:first"));
    assert_eq!(identity.attributes()[1].name_format.as_deref(), Some(BASIC));
    assert_eq!((identity.attributes()[2].values.len(), identity.attribute("none")), (0, None));
}

#[test]
fn attributes_of_several_statements_are_one_list() {
    let one = |value: &str| {
        format!("<saml:Attribute Name=\"g\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>")
    };
    let identity = identity(&format!("{}</saml:AttributeStatement><saml:AttributeStatement>{}", one("a"), one("b")));
    assert_eq!(identity.attribute_values("g").collect::<Vec<_>>(), ["a", "b"]);
}

/// Few names are compared one by one, more than sixteen are looked up in a table.
#[test]
fn many_attributes_are_found_and_merged_as_few_are() {
    let one = |name: usize, value: &str| {
        format!("<saml:Attribute Name=\"n{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>")
    };
    for n in [1, 2, 15, 16, 17, 18, 40] {
        let all = |value: &str| (0..n).map(|name| one(name, value)).collect::<String>();
        let identity = identity(&format!("{}{}", all("a"), all("b")));
        assert_eq!(identity.attributes().len(), n);
        for name in 0..n {
            assert_eq!(identity.attribute_values(&format!("n{name}")).collect::<Vec<_>>(), ["a", "b"], "{name} of {n}");
        }
        assert_eq!(identity.attribute(&format!("n{n}")), None);
    }
}

#[test]
fn what_is_no_attribute_and_what_is_no_value_is_passed_over() {
    let identity = identity(
        "<x:Attribute xmlns:x=\"urn:x\"/><saml:Attribute Name=\"g\"><x:AttributeValue xmlns:x=\"urn:x\">x</x:AttributeValue>\
         <saml:AttributeValue>a</saml:AttributeValue></saml:Attribute>",
    );
    assert_eq!(identity.attributes().len(), 1);
    assert_eq!(identity.attribute_values("g").collect::<Vec<_>>(), ["a"]);
}

#[test]
fn core_2_7_3_1_null_is_not_the_empty_text() {
    let mut attribute = None;
    let login = accepts(World::new().answered(|answer| {
        answer.attribute("v", ["x"]);
        let one: &mut AnswerAttribute = answer.attributes.last_mut().unwrap();
        one.values = vec![None, Some(String::new()), Some("x".to_owned())];
        attribute = Some(one.clone());
    }));
    let values = &login.identity.attributes()[0].values;
    assert_eq!(
        values.iter().map(|v| (v.is_null(), v.text())).collect::<Vec<_>>(),
        [(true, None), (false, Some("")), (false, Some("x"))]
    );
    assert_eq!(login.identity.attribute_values("v").collect::<Vec<_>>(), ["", "x"]);
    assert_eq!(login.identity.attribute("v"), None, "the first value is null");
    for (written, null) in [("1", true), (" true ", true), ("false", false), ("0", false), ("TRUE", false)] {
        let identity = identity(&format!(
            "<saml:Attribute Name=\"v\"><saml:AttributeValue xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"{written}\"/></saml:Attribute>"
        ));
        assert_eq!(identity.attributes()[0].values[0].is_null(), null, "{written}");
    }
    // Only the schema instance namespace's.
    let identity = identity(
        "<saml:Attribute Name=\"v\"><saml:AttributeValue nil=\"true\">x</saml:AttributeValue></saml:Attribute>",
    );
    assert_eq!(identity.attribute("v"), Some("x"));
}

/// eduPersonTargetedID.
#[test]
fn name_id_inside_an_attribute_value() {
    let inner = format!(
        "<saml:NameID NameQualifier=\"{IDP}\" SPNameQualifier=\"{SP}\" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">opaque</saml:NameID>"
    );
    let identity = identity(&format!(
        "<saml:Attribute Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.10\"><saml:AttributeValue>\n  {inner}\n</saml:AttributeValue></saml:Attribute>"
    ));
    let value = &identity.attributes()[0].values[0];
    assert_eq!(value.text(), Some("opaque"));
    let name_id = value.name_id().unwrap();
    assert_eq!((name_id.value.as_str(), name_id.name_qualifier.as_deref()), ("opaque", Some(IDP)));
    assert!(value.xml().unwrap().contains("<saml:NameID"), "{:?}", value.xml());
    // It is an attribute's, never the subject.
    assert_eq!(identity.name_id().unwrap().value, "alice");
}

#[test]
fn structured_values_are_text_and_xml() {
    let identity = identity(
        "<saml:Attribute Name=\"address\"><saml:AttributeValue> <a xmlns=\"urn:example:a\"><street>Main St</street> <zip>1</zip></a> </saml:AttributeValue></saml:Attribute>",
    );
    let value = &identity.attributes()[0].values[0];
    assert_eq!(value.text(), Some("Main St 1"));
    assert_eq!(value.name_id(), None);
    assert!(value.xml().unwrap().contains("<street>Main St</street>"));
}

#[test]
fn attribute_without_a_name() {
    for attribute in ["<saml:Attribute/>", "<saml:Attribute Name=\"\"/>", "<saml:Attribute Name=\" \"/>"] {
        let statement = format!("<saml:AttributeStatement>{attribute}</saml:AttributeStatement></saml:Assertion>");
        let outcome =
            World::new().written(Sign::Assertion, |_| (), |xml| replace(&xml, "</saml:Assertion>", &statement));
        let error = outcome.unwrap_err().error;
        assert!(matches!(error.code(), "message-missing-part" | "message-bad-value"), "{error}");
    }
}

/// What `tests/encryption.rs` opens, here without a key, without a ciphertext, or beside what it stands for.
#[test]
fn encrypted_parts_are_named_and_refused() {
    let method = |uri: &str| format!("<xenc:EncryptionMethod Algorithm=\"{uri}\"/>");
    let value = "<xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData>";
    let key = method("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p");
    let key = format!(
        "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>{key}{value}</xenc:EncryptedKey></ds:KeyInfo>"
    );
    let content = method("http://www.w3.org/2009/xmlenc11#aes128-gcm");
    let data = |inside: &str| {
        format!("<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">{inside}</xenc:EncryptedData>")
    };
    for (inside, code, whose) in [
        (data(&format!("{content}{key}{value}")), "decrypt-no-key", Whose::ServiceProvider),
        (data(""), "decrypt-shape", Whose::IdentityProvider),
        (data(&content), "decrypt-shape", Whose::IdentityProvider),
        (String::new(), "message-missing-part", Whose::IdentityProvider),
    ] {
        for part in ["EncryptedID", "EncryptedAttribute"] {
            let element = format!("<saml:{part}>{inside}</saml:{part}>");
            let alter = |xml: String| match part {
                "EncryptedID" => replace(&xml, cut(&xml, "<saml:NameID", "</saml:NameID>"), &element),
                _ => {
                    let statement = format!("<saml:AttributeStatement>{element}</saml:AttributeStatement>");
                    replace(&xml, "</saml:Assertion>", &format!("{statement}</saml:Assertion>"))
                }
            };
            let outcome = World::new().written(Sign::Assertion, |_| (), alter);
            stops(outcome, code, whose, &[part]);
        }
    }
}

/// Core 2.4.1: one identifier. Which of two would it be?
#[test]
fn a_subject_with_two_identifiers() {
    let opened = "<saml:EncryptedID><saml:NameID>mallory</saml:NameID></saml:EncryptedID></saml:Subject>";
    let outcome = World::new().written(Sign::Assertion, |_| (), |xml| replace(&xml, "</saml:Subject>", opened));
    stops(outcome, "message-repeated-part", Whose::IdentityProvider, &["NameID", "Subject"]);
}

#[test]
fn iip_ext01_advice_is_never_read() {
    let advice = "<saml:Advice><saml:Assertion ID=\"_f\" Version=\"2.0\" IssueInstant=\"2026-01-15T12:00:00Z\"><saml:Issuer>https://evil.example</saml:Issuer><saml:Subject><saml:NameID>mallory</saml:NameID></saml:Subject><saml:AttributeStatement><saml:Attribute Name=\"role\"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></saml:Advice></saml:Assertion>";
    let outcome = World::new().written(Sign::Assertion, |_| (), |xml| replace(&xml, "</saml:Assertion>", advice));
    let login = accepts(outcome);
    assert_eq!(login.identity.name_id().unwrap().value, "alice");
    assert_eq!(login.identity.attribute("role"), None);
}

#[test]
fn personal_data_stays_out_of_debug() {
    let login = accepts(World::new().answered(|answer| {
        answer.attribute("mail", ["secret@example.com"]);
    }));
    let text = format!("{login:?}");
    assert!(!text.contains("alice") && !text.contains("secret"), "{text}");
}
