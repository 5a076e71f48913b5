//! Times: how long metadata holds.

use super::*;

#[test]
fn meta_2_3_the_least_of_the_inherited_bounds_wins() {
    let inner = |until: &str, cache: &str| {
        entity(
            ID,
            &format!(r#"validUntil="{until}" cacheDuration="{cache}""#),
            &role_with(r#"validUntil="2027-03-01T00:00:00Z" cacheDuration="PT6H""#, &(rsa_key() + SSO)),
        )
    };
    for (outer_until, until, expected) in [
        ("2027-02-01T00:00:00Z", "2027-04-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        ("2027-05-01T00:00:00Z", "2027-02-15T00:00:00Z", "2027-02-15T00:00:00Z"),
        ("2027-05-01T00:00:00Z", "2027-04-01T00:00:00Z", "2027-03-01T00:00:00Z"),
    ] {
        let xml = group(&format!(r#"validUntil="{outer_until}" cacheDuration="P1D""#), &inner(until, "PT8H"));
        let idp = only(&xml).unwrap();
        assert_eq!(idp.valid_until(), Some(time(expected)));
        assert_eq!(idp.refresh_after(), Some(TimeDelta::hours(6)));
    }
    let xml = group(r#"cacheDuration="PT1H""#, &entity(ID, "", &good_role()));
    assert_eq!(only(&xml).unwrap().refresh_after(), Some(TimeDelta::hours(1)));
    assert_eq!(only(&xml).unwrap().valid_until(), None);
}

#[test]
fn siblings_do_not_inherit_from_each_other() {
    let xml = group(
        "",
        &(group(r#"validUntil="2027-02-01T00:00:00Z""#, &entity("urn:a", "", &good_role()))
            + &entity("urn:b", "", &good_role())),
    );
    let metadata = read(&xml).unwrap();
    assert!(metadata.identity_provider(&id("urn:a")).unwrap().valid_until().is_some());
    assert!(metadata.identity_provider(&id("urn:b")).unwrap().valid_until().is_none());
}

#[test]
fn expired_metadata_is_imported_with_a_note_and_refused_at_use() {
    let end = time("2027-01-15T12:00:00Z");
    let idp = only(&entity(ID, r#"validUntil="2027-01-15T12:00:00Z""#, &good_role())).unwrap();
    assert_eq!(idp.notes(), [MetadataNote::Expired { valid_until: end }]);
    let skew = TimeDelta::minutes(3);
    assert!(idp.check_valid(end + skew - TimeDelta::seconds(1), skew).is_ok(), "iip_g01: within the skew");
    let error = idp.check_valid(end + skew, skew).unwrap_err();
    assert_eq!(error.code(), "metadata-expired");
    let before = only(&entity(ID, r#"validUntil="2027-01-15T12:00:01Z""#, &good_role())).unwrap();
    assert_eq!(before.notes(), []);
}

#[test]
fn core_1_3_3_times_without_z_are_noted_and_no_times_are_errors() {
    let idp = only(&entity(ID, r#"validUntil="2027-02-01T00:00:00""#, &good_role())).unwrap();
    assert_eq!(idp.valid_until(), Some(time("2027-02-01T00:00:00Z")));
    assert!(matches!(idp.notes(), [MetadataNote::TimeZone { .. }]));
    assert_eq!(code(&entity(ID, r#"validUntil="{{ validUntil }}""#, &good_role())), "metadata-bad-valid-until");
    assert_eq!(code(&entity(ID, r#"validUntil="""#, &good_role())), "metadata-bad-valid-until");
    let group = group(r#"validUntil="tomorrow""#, &entity(ID, "", &good_role()));
    assert_eq!(read(&group).unwrap_err().code(), "metadata-bad-valid-until");
    let advice = only(&entity(ID, r#"cacheDuration="an hour""#, &good_role())).unwrap();
    assert!(matches!(advice.notes(), [MetadataNote::CacheDurationUnreadable { .. }]));
}
