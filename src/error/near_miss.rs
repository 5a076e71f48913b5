//! Two texts that a person takes for the same: what tells them apart.

use url::Url;

/// The difference of two URLs or names, where it is one that people overlook.
pub(super) fn near_miss(found: &str, wanted: &str) -> Option<&'static str> {
    let scheme = |text: &str| text.replacen("http://", "https://", 1);
    if found == wanted {
        None
    } else if found.trim_end_matches('/') == wanted.trim_end_matches('/') {
        Some("they differ only by a trailing slash")
    } else if scheme(found) == scheme(wanted) {
        Some("they differ only by http and https")
    } else if found.eq_ignore_ascii_case(wanted) {
        Some("they differ only by letter case")
    } else if found.strip_prefix("spn:") == Some(wanted) {
        Some("it has the prefix spn: that Entra ID puts before a bare application id")
    } else if found.trim() == wanted.trim() {
        Some("they differ only by white space")
    } else if looks_alike(found, wanted) {
        Some("they differ only where one of them has letters beyond ASCII, which may look the same")
    } else {
        in_the_way_there(found, wanted)
    }
}

/// Two URLs of one path, which differ in how it is reached: what a proxy in front of the application changes.
fn in_the_way_there(found: &str, wanted: &str) -> Option<&'static str> {
    let (found, wanted) = (Url::parse(found).ok()?, Url::parse(wanted).ok()?);
    if found.path() != wanted.path() || found.query() != wanted.query() {
        return None;
    }
    let host = found.host_str() == wanted.host_str();
    let port = found.port_or_known_default() == wanted.port_or_known_default();
    match (found.scheme() == wanted.scheme(), host, port) {
        (true, true, true) => Some("they are two spellings of one URL"),
        (true, true, false) => Some("they differ only by the port"),
        (false, true, _) => Some("they differ only by http and https and the port"),
        (true, false, true) => Some("they differ only by the host name"),
        _ => Some("they differ by everything before the path"),
    }
}

/// Character by character the same, but for those that one of the two has from beyond ASCII: homoglyphs print alike.
fn looks_alike(found: &str, wanted: &str) -> bool {
    found.chars().count() == wanted.chars().count()
        && found.chars().zip(wanted.chars()).all(|(one, other)| one == other || one.is_ascii() != other.is_ascii())
}
