//! Endpoints: where users are sent, and where they never are.

use super::*;

fn sso(binding: &str, location: &str) -> String {
    format!(
        r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="{location}"/>"#
    )
}

#[test]
fn iip_sso02_redirect_or_post_is_needed() {
    assert!(idp(&(rsa_key() + &sso("HTTP-POST", "https://idp.example.com/"))).is_ok());
    let error = idp(&(rsa_key() + &sso("SOAP", "https://idp.example.com/"))).unwrap_err();
    assert_eq!(error.code(), "metadata-no-sso-endpoint");
    assert!(error.to_string().contains("soap"), "{error}");
    assert_eq!(idp(&rsa_key()).unwrap_err().code(), "metadata-no-sso-endpoint");
}

#[test]
fn cve_2023_45683_locations_that_are_script_are_absent() {
    for location in [
        "javascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "https://idp.example.com@evil.example/",
        "https://idp.example.com/#x",
        "https://idp.example.com/&#10;Set-Cookie:a=b",
        "/sso",
        "",
    ] {
        let error = idp(&(rsa_key() + &sso("HTTP-Redirect", location))).unwrap_err();
        assert_eq!(error.code(), "metadata-no-sso-endpoint", "{location}");
        let idp = idp(&(rsa_key() + &sso("HTTP-POST", location) + SSO)).unwrap();
        assert_eq!(idp.single_sign_on().len(), 1);
        assert!(matches!(idp.notes(), [MetadataNote::LocationLeftOut { .. }]));
    }
}

#[test]
fn core_1_3_2_any_uri_white_space_is_collapsed() {
    let idp = idp(&(rsa_key() + &sso("HTTP-Redirect", "\n https://idp.example.com/sso\t"))).unwrap();
    assert_eq!(idp.single_sign_on()[0].location().as_str(), "https://idp.example.com/sso");
}

#[test]
fn http_endpoints_are_imported_and_not_used() {
    let xml = rsa_key() + &sso("HTTP-Redirect", "http://idp.example.com/sso");
    let idp = idp(&xml).unwrap();
    assert!(matches!(idp.notes(), [MetadataNote::HttpEndpoint { .. }]));
    assert_eq!(idp.sso_location(&Binding::Redirect).unwrap_err().code(), "idp-http-endpoint");
    assert_eq!(idp.sso_location(&Binding::Post).unwrap_err().code(), "metadata-no-sso-endpoint");
    let allowed = idp.dangerous_allow_http_endpoints();
    assert_eq!(allowed.sso_location(&Binding::Redirect).unwrap().as_str(), "http://idp.example.com/sso");
}

#[test]
fn http_on_loopback_is_used_and_https_before_http() {
    let local = idp(&(rsa_key() + &sso("HTTP-Redirect", "http://127.0.0.1:8080/sso"))).unwrap();
    assert!(local.sso_location(&Binding::Redirect).is_ok());
    let both = idp(&(rsa_key() + &sso("HTTP-Redirect", "http://idp.example.com/sso") + SSO)).unwrap();
    assert_eq!(both.sso_location(&Binding::Redirect).unwrap().as_str(), "https://idp.example.com/sso");
}

#[test]
fn logout_endpoints_keep_their_response_location() {
    let slo = r#"<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/slo" ResponseLocation="https://idp.example.com/slo-answer"/>"#;
    let other = idp(&(rsa_key() + slo + SSO)).unwrap();
    assert_eq!(other.single_logout()[0].response_location().unwrap().as_str(), "https://idp.example.com/slo-answer");
    let bad = idp(&(rsa_key() + &slo.replace("https://idp.example.com/slo-answer", "javascript:x") + SSO)).unwrap();
    assert_eq!(bad.single_logout(), []);
}

#[test]
fn meta_2_2_3_the_default_of_indexed_endpoints() {
    let indexed = |index: &str, default: &str| {
        format!(
            r#"<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.example.com/{index}" index="{index}" {default}/>"#
        )
    };
    let (yes, no) = (r#"isDefault="true""#, r#"isDefault="0""#);
    for (flags, expected) in
        [([no, "", yes], Some(3)), ([no, "", ""], Some(2)), ([no, no, no], Some(1)), (["", "", no], Some(1))]
    {
        let services: String = flags.iter().zip(["1", "2", "3"]).map(|(flag, index)| indexed(index, flag)).collect();
        let idp = idp(&(rsa_key() + &services + SSO)).unwrap();
        assert_eq!(Endpoint::default_of(idp.artifact_resolution()).unwrap().index(), expected, "{flags:?}");
    }
}
