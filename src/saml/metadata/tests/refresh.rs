//! What a refresh changes.

use super::*;

#[test]
fn a_rolled_key_is_seen() {
    let old = only(&entity(ID, "", &good_role())).unwrap();
    let new = only(&entity(ID, "", &role(&(key("", &[&base64_of(EC_CERTIFICATE)]) + SSO)))).unwrap();
    let changes = old.diff(&new).unwrap();
    assert_eq!(changes.added_keys(), new.signing_keys());
    assert_eq!(changes.removed_keys(), old.signing_keys());
    assert!(!changes.endpoints_changed());
    assert!(changes.to_string().contains("new signing key"));
    assert!(old.diff(&old).unwrap().is_empty());
}

#[test]
fn a_moved_endpoint_is_seen() {
    let old = only(&entity(ID, "", &good_role())).unwrap();
    let new = only(&entity(ID, "", &good_role()).replace("/sso", "/sso2")).unwrap();
    assert!(old.diff(&new).unwrap().endpoints_changed());
}

#[test]
fn a_refresh_never_changes_who_it_is() {
    let old = only(&entity(ID, "", &good_role())).unwrap();
    let new = only(&entity("urn:other", "", &good_role())).unwrap();
    assert_eq!(old.diff(&new).unwrap_err().code(), "metadata-entity-id-changed");
}
