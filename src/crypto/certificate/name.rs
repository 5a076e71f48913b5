//! Distinguished names as one line, for people.

use x509_parser::asn1_rs::Tag;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// In the order of the certificate, as openssl prints it: "C=US, O=Example, CN=idp.example.com".
pub(super) fn one_line(name: &X509Name<'_>) -> String {
    let parts: Vec<String> = name.iter_attributes().map(|part| format!("{}={}", key(part), value(part))).collect();
    parts.join(", ")
}

/// The short names of RFC 4514 section 3, and of the e-mail address.
fn key(part: &AttributeTypeAndValue<'_>) -> String {
    let oid = part.attr_type().to_id_string();
    match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return oid,
    }
    .to_owned()
}

/// UTF-8 where it is UTF-8, UTF-16 in a BMPString, else Latin-1, which is what other string types hold in practice.
fn value(part: &AttributeTypeAndValue<'_>) -> String {
    let octets = part.as_slice();
    if part.attr_value().tag() == Tag::BmpString {
        let units = octets.chunks_exact(2).filter_map(|unit| unit.first_chunk::<2>().copied().map(u16::from_be_bytes));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(_) => octets.iter().copied().map(char::from).collect(),
    }
}
