//! What somebody tries who knows how it is built, and what two people do at the same time.

use base64::Engine as _;

use crate::site::{Person, Site};

fn handle(person: &Person<'_>) -> String {
    person.here.cookies.keys().find_map(|name| name.strip_prefix("__Host-pending-")).unwrap().to_owned()
}

#[test]
fn a_stranger_sends_no_more_than_a_message_may_have() {
    let site = Site::new();
    // 1 MB, in base64, with some of it escaped; then more.
    for (bytes, refused) in [(2 << 20, false), ((4 << 20) + 4096, true)] {
        let body = format!("SAMLResponse={}", "A".repeat(bytes));
        for path in ["/saml/acs", "/saml/slo", "/saml/slo/soap"] {
            let kind = if path.ends_with("soap") { "text/xml" } else { "application/x-www-form-urlencoded" };
            let answer = site.person().here.send("POST", path, Some((kind, &body)));
            assert_eq!(answer.status == 413, refused, "{path}: {}", answer.status);
        }
    }
}

#[test]
fn a_refused_answer_leaves_little_behind() {
    let (site, _) = Site::ready();
    let mut mallory = site.person();
    mallory.follow(&format!("{}/welcome", site.share(&[])));
    let attribute = "<saml:Attribute Name=\"a\"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>";
    let xml = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-01-01T00:00:00Z\"><saml:Assertion ID=\"_2\" Version=\"2.0\" \
         IssueInstant=\"2026-01-01T00:00:00Z\"><saml:Issuer>x</saml:Issuer><saml:AttributeStatement>{}</saml:AttributeStatement></saml:Assertion></samlp:Response>",
        attribute.repeat(8000)
    );
    let message = base64::engine::general_purpose::STANDARD.encode(xml);
    let form = [("SAMLResponse".to_owned(), message), ("RelayState".to_owned(), handle(&mallory))];
    assert_eq!(mallory.here.post("/saml/acs", &form).status, 403);
    let sql =
        "SELECT coalesce(length(report), 0) + length(outcome) + coalesce(length(hint), 0) FROM flow ORDER BY id DESC";
    let bytes: i64 = site.app.database.lock().query_row(sql, (), |row| row.get(0)).unwrap();
    assert!((1..=66 * 1024).contains(&bytes), "{bytes}");
}
