//! `"op":"request"`: a login begins. The AuthnRequest goes out by Redirect and by POST, each time a new one.

use saml_sp::{Binding, LoginOptions, LoginRequest, NameIdPolicy, Outbound, PostForm, RequestedAuthnContext};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::Fields;
use super::idp::Idp;
use super::sp::Sp;

pub(crate) fn judge(case: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let sp = Sp::read_to_sign(case)?;
    let idp = Idp::read(case)?;
    let now = case.time("now")?;
    let options = options(&case.optional_object("options", "options.")?)?;
    let idp = idp.build(now, &sp.allow)?;
    let sp = sp.build_to_sign(now)?;
    let mut missing = None;
    let (mut redirect_url, mut form, mut request_ids) = (Value::Null, Value::Null, Map::new());
    for binding in [Binding::Redirect, Binding::Post] {
        let LoginRequest { send, pending } = match sp.begin_login_with(&idp, &options.clone().binding(binding)) {
            Ok(begun) => begun,
            Err(error) if NO_ENDPOINT.contains(&error.code()) => {
                missing.get_or_insert(error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let name = match send {
            Outbound::Redirect(url) => {
                redirect_url = json!(url);
                "redirect_url"
            }
            Outbound::Post(PostForm { action, fields, .. }) => {
                let fields: Map<_, _> = fields.into_iter().map(|(name, value)| (name.into(), json!(value))).collect();
                form = json!({"action": action, "fields": fields});
                "form"
            }
        };
        request_ids.insert(name.to_owned(), json!(pending.request_id()));
    }
    match missing.filter(|_| request_ids.is_empty()) {
        Some(error) => Err(error.into()),
        None => Ok(Map::from_iter([
            ("redirect_url".to_owned(), redirect_url),
            ("form".to_owned(), form),
            ("request_ids".to_owned(), Value::Object(request_ids)),
        ])),
    }
}

/// The codes where a provider cannot be reached by one binding; it may be by the other.
const NO_ENDPOINT: [&str; 2] = ["metadata-no-sso-endpoint", "idp-http-endpoint"];

fn options(fields: &Fields<'_>) -> Result<LoginOptions, Stop> {
    let mut options = LoginOptions::new();
    if fields.optional_flag("force_authn")? == Some(true) {
        options = options.force_authn();
    }
    if fields.optional_flag("is_passive")? == Some(true) {
        options = options.is_passive();
    }
    let allow_create = fields.optional_flag("allow_create")? == Some(true);
    let format = fields.optional_text("name_id_format")?;
    if format.is_some() || allow_create {
        let policy = format.map_or_else(NameIdPolicy::any, NameIdPolicy::format);
        options = options.name_id_policy(if allow_create { policy.allow_create() } else { policy });
    }
    if fields.has("requested_authn_context") {
        let classes = fields.texts("requested_authn_context")?;
        options = options.requested_authn_context(RequestedAuthnContext::exact(classes));
    }
    if let Some(url) = fields.optional_text("acs_url")? {
        options = options.acs_url(url);
    }
    if let Some(name) = fields.optional_text("provider_name")? {
        options = options.provider_name(name);
    }
    Ok(fields.optional_texts("extensions")?.into_iter().fold(options, LoginOptions::extension))
}
