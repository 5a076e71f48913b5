//! What a Reference names: `#` and the ID of the element that the Signature stands in, byte for byte, and nothing else.

use saml_sp::testing::forge::Tree;
use saml_sp::testing::{Sign, TestIdpError};

use super::{ELSEWHERE, ONE, RESPONSE_ALONE};
use crate::stage::Shape::ResponseSigned;
use crate::stage::{ALL, RESPONSE_UNSIGNED, Stage};
use crate::vector::{Made, Outcome, vectors};

/// The identity provider signs a Reference with this URI; `{}` is the ID of what is signed.
fn uri(stage: &Stage, uri: &str) -> Result<Made, TestIdpError> {
    let xml = stage.resigned(|tree, signature| {
        let id = tree.attribute(tree.parent(signature).unwrap(), "ID").unwrap().to_owned();
        tree.set(tree.under(signature, "Reference")?, "URI", &uri.replace("{}", &id))
    })?;
    Ok(xml.into())
}

/// The identity provider signs elements whose ID is this.
fn id(stage: &Stage, id: &str) -> Result<Made, TestIdpError> {
    Ok(stage
        .changed(|answer| match stage.shape.sign() {
            Sign::Response => answer.response_id = id.to_owned(),
            _ => answer.assertion_id = id.to_owned(),
        })?
        .into())
}

vectors! { "signed-info";
    /// The whole document, by XPointer.
    uri_xpointer_to_the_root: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| uri(stage, "#xpointer(/)");

    /// The right element, by XPointer.
    uri_xpointer_by_id: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#xpointer(id('{}'))");

    /// The same in other quotes.
    uri_xpointer_in_double_quotes: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#xpointer(id(\"{}\"))");

    /// An XPointer of which an XPath is made: the quote ends the string that it was put into.
    uri_that_leaves_its_xpath: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" =>
        |stage| uri(stage, "#{}' or '1'='1");

    /// The element scheme of XPointer.
    uri_element_scheme: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#element('{}')");

    /// The ID with its first character percent-encoded.
    uri_percent_encoded: "CVE-2015-20108", ALL, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let encoded = tree.attribute(reference, "URI").unwrap().replacen("#_", "#%5F", 1);
            tree.set(reference, "URI", &encoded)
        })?;
        Ok(xml.into())
    };

    /// The ID alone, as a relative URI.
    uri_without_a_number_sign: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "{}");

    /// Two number signs.
    uri_with_two_number_signs: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "##{}");

    /// White space in front, which anyURI collapses.
    uri_behind_white_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, " #{}");

    /// White space behind.
    uri_before_white_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "#{} ");

    /// The identity provider's own address with the ID as its fragment: a document to be fetched.
    uri_of_a_server: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "https://idp.example.com/response#{}");

    /// A document to be fetched, without a fragment.
    uri_of_a_server_without_a_fragment: "CVE-2015-20108", ALL, ELSEWHERE, not_live "what it names is elsewhere" =>
        |stage| uri(stage, "http://127.0.0.1/");

    /// A file of the service provider.
    uri_of_a_file: "CVE-2015-20108", ALL, ELSEWHERE, not_live "what it names is elsewhere" =>
        |stage| uri(stage, "file:///etc/passwd");

    /// An attachment.
    uri_of_an_attachment: "CVE-2015-20108", ALL, ELSEWHERE => |stage| uri(stage, "cid:{}");

    /// The number sign alone.
    uri_of_an_empty_fragment: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| uri(stage, "#");

    /// Another element's ID.
    uri_of_another_element: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" =>
        |stage| uri(stage, "#_another");

    /// The ID in capitals: IDs are compared byte for byte.
    uri_in_capitals: "CVE-2015-20108", ALL, ELSEWHERE, not_live "no element has this ID" => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let capitals = tree.attribute(reference, "URI").unwrap().to_uppercase();
            tree.set(reference, "URI", &capitals)
        })?;
        Ok(xml.into())
    };

    /// No URI: the application is to know what is meant.
    no_uri: "CVE-2015-20108", RESPONSE_ALONE, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| tree.unset(tree.under(signature, "Reference")?, "URI"))?;
        Ok(xml.into())
    };

    /// A signature over the whole document, as a child of the assertion: it signs what it does not stand in.
    empty_uri_in_the_assertion: "CVE-2015-20108", &[ResponseSigned], ELSEWHERE => |stage| {
        let idp = stage.styled(|style| style.empty_reference = true)?;
        let mut tree = Tree::parse(&idp.sign(&stage.answer())?)?;
        let signature = tree.find("Signature")?;
        tree.insert_before(tree.find("Subject")?, signature)?;
        Ok(tree.into())
    };

    /// A signature over a whole document that is an assertion, which was put into a Response: the empty URI means
    /// another document now.
    empty_uri_of_a_smaller_document: "CVE-2015-20108", ONE,
        ELSEWHERE, not_live "the empty URI is the whole document, which is another" => |stage| {
        let idp = stage.styled(|style| style.empty_reference = true)?;
        Ok(idp.sign(&stage.answer())?.into())
    };

    /// The URI in the namespace of XML Signature, which is another attribute.
    uri_in_a_namespace: "CVE-2025-66567", ALL, ELSEWHERE => |stage| {
        let xml = stage.resigned(|tree, signature| {
            let reference = tree.under(signature, "Reference")?;
            let uri = tree.attribute(reference, "URI").unwrap().to_owned();
            tree.unset(reference, "URI")?;
            tree.set(reference, "ds:URI", &uri)
        })?;
        Ok(xml.into())
    };

    /// Two URIs, one in the namespace of XML Signature: the other one counts.
    two_uris: "CVE-2025-66567", ALL, Outcome::Alice => |stage| {
        let xml = stage.resigned(|tree, signature| {
            tree.set(tree.under(signature, "Reference")?, "ds:URI", "#_another")
        })?;
        Ok(xml.into())
    };

    /// What is signed has an ID that is an XPointer.
    id_that_is_an_xpointer: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "xpointer(/)");

    /// What is signed has an ID with a quote.
    id_with_a_quote: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a' or '1'='1");

    /// What is signed has an ID that means another when it is decoded.
    id_with_percent_encoding: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "%5Fa");

    /// What is signed has an ID with a space.
    id_with_a_space: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a b");

    /// What is signed has an ID with a number sign.
    id_with_a_number_sign: "CVE-2015-20108", ALL, ELSEWHERE => |stage| id(stage, "a#b");

    /// The Response has the assertion's ID too, in a namespace: a lookup by local name finds it first.
    namespaced_id_on_the_response: "CVE-2025-66567", RESPONSE_UNSIGNED, Outcome::Alice => |stage| {
        let mut tree = stage.genuine()?;
        let id = tree.attribute(stage.carrier(&tree)?, "ID").unwrap_or("_encrypted").to_owned();
        tree.set(tree.root(), "samlp:ID", &id)?;
        Ok(tree.into())
    };

    /// The identity provider signs an assertion with a second ID in a namespace.
    namespaced_id_on_the_assertion: "CVE-2025-66567", ALL, Outcome::Alice => |stage| {
        let xml = stage.written(|tree| tree.set(tree.find("Assertion")?, "saml:ID", "_another"))?;
        Ok(xml.into())
    };
}
