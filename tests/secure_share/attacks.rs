//! What somebody tries who knows how it is built, and what two people do at the same time.

use crate::site::Site;

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
