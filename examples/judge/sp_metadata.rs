//! `"op":"sp-metadata"`: our own metadata, with what the application says about itself.

use chrono::TimeDelta;
use saml_sp::{
    AttributeConsumingService, ContactPerson, Organization, RequestedAttribute, ServiceProviderMetadata,
    SubjectIdRequirement, UiInfo,
};
use serde_json::{Map, Value, json};

use super::Stop;
use super::case::Fields;
use super::sp::Sp;

pub(crate) fn judge(case: &Fields<'_>) -> Result<Map<String, Value>, Stop> {
    let sp = Sp::read_to_sign(case)?;
    let now = case.time("now")?;
    let signed = case.optional_flag("signed")?.unwrap_or(false);
    let description = case.optional_object("description", "description.")?;
    // Read before anything is built: a field of the wrong type makes the line no case, whatever else is wrong with it.
    let describe = read(&description)?;
    let metadata = describe.into_iter().fold(sp.build_for_logout(now)?.metadata(), |metadata, part| part(metadata));
    let xml = if signed { metadata.to_signed_xml()? } else { metadata.to_xml()? };
    Ok(Map::from_iter([("xml".to_owned(), json!(xml))]))
}

/// One statement.
type Part<'a> = Box<dyn FnOnce(ServiceProviderMetadata) -> ServiceProviderMetadata + 'a>;

fn read<'a>(fields: &Fields<'a>) -> Result<Vec<Part<'a>>, Stop> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    if fields.optional_flag("want_assertions_signed")? == Some(true) {
        parts.push(Box::new(ServiceProviderMetadata::want_assertions_signed));
    }
    for uri in fields.optional_texts("name_id_formats")? {
        parts.push(Box::new(move |metadata| metadata.name_id_format(uri)));
    }
    if let Some(span) = seconds(fields, "valid_for")? {
        parts.push(Box::new(move |metadata| metadata.valid_for(span)));
    }
    if let Some(span) = seconds(fields, "cache_for")? {
        parts.push(Box::new(move |metadata| metadata.cache_for(span)));
    }
    if let Some(organization) = organization(fields)? {
        parts.push(Box::new(move |metadata| metadata.organization(organization)));
    }
    for contact in fields.optional_objects("contacts", "description.contacts.")? {
        let contact = contact_person(&contact)?;
        parts.push(Box::new(move |metadata| metadata.contact(contact)));
    }
    if fields.has("ui_info") {
        let ui_info = ui_info(&fields.object("ui_info", "description.ui_info.")?)?;
        parts.push(Box::new(move |metadata| metadata.ui_info(ui_info)));
    }
    for service in
        fields.optional_objects("attribute_consuming_services", "description.attribute_consuming_services.")?
    {
        let service = attribute_consuming_service(&service)?;
        parts.push(Box::new(move |metadata| metadata.attribute_consuming_service(service)));
    }
    if let Some(requirement) = fields.optional_text("subject_id")? {
        let requirement = subject_id(requirement)?;
        parts.push(Box::new(move |metadata| metadata.subject_id(requirement)));
    }
    let attributes = fields.optional_object("entity_attributes", "description.entity_attributes.")?;
    for name in attributes.names() {
        let values = attributes.texts(name)?;
        parts.push(Box::new(move |metadata| metadata.entity_attribute(name, values)));
    }
    for url in fields.optional_texts("discovery_responses")? {
        parts.push(Box::new(move |metadata| metadata.discovery_response(url)));
    }
    Ok(parts)
}

fn seconds(fields: &Fields<'_>, name: &str) -> Result<Option<TimeDelta>, Stop> {
    let seconds = fields.optional_number(name)?;
    // What is too long for a span of time is too long for the library as well.
    Ok(seconds.map(|seconds| TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX)))
}

fn organization(fields: &Fields<'_>) -> Result<Option<Organization>, Stop> {
    let mut whole: Option<Organization> = None;
    for part in fields.optional_objects("organization", "description.organization.")? {
        let (language, name) = (part.text("language")?, part.text("name")?);
        let (display_name, url) = (part.text("display_name")?, part.text("url")?);
        whole = Some(match whole {
            None => Organization::new(language, name, display_name, url),
            Some(whole) => whole.also_in(language, name, display_name, url),
        });
    }
    Ok(whole)
}

fn contact_person(fields: &Fields<'_>) -> Result<ContactPerson, Stop> {
    let emails = fields.texts("emails")?;
    let mut emails = emails.into_iter();
    let first = emails.next().ok_or_else(|| Stop::no_case("description.contacts.emails: wanted at least one"))?;
    let given_name = fields.optional_text("given_name")?;
    let mut contact = match fields.text("type")? {
        "technical" => ContactPerson::technical(first),
        "support" => ContactPerson::support(first),
        "administrative" => ContactPerson::administrative(first),
        "billing" => ContactPerson::billing(first),
        "other" => ContactPerson::other(first),
        "security" => ContactPerson::security(given_name.unwrap_or_default(), first),
        kind => return Err(Stop::no_case(format!("description.contacts.type: there is no {kind:?}"))),
    };
    contact = given_name.into_iter().fold(contact, ContactPerson::given_name);
    contact = fields.optional_text("company")?.into_iter().fold(contact, ContactPerson::company);
    contact = fields.optional_text("surname")?.into_iter().fold(contact, ContactPerson::surname);
    contact = emails.fold(contact, ContactPerson::email);
    Ok(fields.optional_texts("telephones")?.into_iter().fold(contact, ContactPerson::telephone))
}

fn ui_info(fields: &Fields<'_>) -> Result<UiInfo, Stop> {
    let mut ui_info = UiInfo::new();
    for (language, text) in fields.by_language("display_names", "description.ui_info.display_names.")? {
        ui_info = ui_info.display_name(language, text);
    }
    for (language, text) in fields.by_language("descriptions", "description.ui_info.descriptions.")? {
        ui_info = ui_info.description(language, text);
    }
    let keywords = fields.optional_object("keywords", "description.ui_info.keywords.")?;
    for language in keywords.names() {
        ui_info = ui_info.keywords(language, keywords.texts(language)?);
    }
    for logo in fields.optional_objects("logos", "description.ui_info.logos.")? {
        let pixels = |name| -> Result<u32, Stop> {
            let number = logo.optional_number(name)?.and_then(|number| number.try_into().ok());
            number.ok_or_else(|| Stop::no_case(format!("description.ui_info.logos.{name}: wanted a number of pixels")))
        };
        let (url, width, height) = (logo.text("url")?, pixels("width")?, pixels("height")?);
        ui_info = match logo.optional_text("language")? {
            Some(language) => ui_info.logo_in(language, url, width, height),
            None => ui_info.logo(url, width, height),
        };
    }
    for (language, url) in fields.by_language("information_urls", "description.ui_info.information_urls.")? {
        ui_info = ui_info.information_url(language, url);
    }
    for (language, url) in
        fields.by_language("privacy_statement_urls", "description.ui_info.privacy_statement_urls.")?
    {
        ui_info = ui_info.privacy_statement_url(language, url);
    }
    Ok(ui_info)
}

fn attribute_consuming_service(fields: &Fields<'_>) -> Result<AttributeConsumingService, Stop> {
    let wrong = || Stop::no_case("description.attribute_consuming_services.index: wanted a number up to 65535");
    let index = fields.optional_number("index")?.and_then(|number| number.try_into().ok()).ok_or_else(wrong)?;
    let names = fields.by_language("names", "description.attribute_consuming_services.names.")?;
    let mut names = names.into_iter();
    let missing = || Stop::no_case("description.attribute_consuming_services.names: wanted at least one");
    let (language, name) = names.next().ok_or_else(missing)?;
    let mut service = AttributeConsumingService::new(index, language, name);
    for (language, name) in names {
        service = service.service_name(language, name);
    }
    let descriptions = fields.by_language("descriptions", "description.attribute_consuming_services.descriptions.")?;
    for (language, text) in descriptions {
        service = service.service_description(language, text);
    }
    if fields.optional_flag("is_default")? == Some(true) {
        service = service.as_default();
    }
    let attributes = fields.optional_objects("attributes", "description.attribute_consuming_services.attributes.")?;
    for attribute in attributes {
        service = service.attribute(requested_attribute(&attribute)?);
    }
    Ok(service)
}

fn requested_attribute(fields: &Fields<'_>) -> Result<RequestedAttribute, Stop> {
    let mut attribute = RequestedAttribute::new(fields.text("name")?);
    attribute = fields.optional_text("name_format")?.into_iter().fold(attribute, RequestedAttribute::name_format);
    attribute = fields.optional_text("friendly_name")?.into_iter().fold(attribute, RequestedAttribute::friendly_name);
    if fields.optional_flag("required")? == Some(true) {
        attribute = attribute.required();
    }
    Ok(fields.optional_texts("values")?.into_iter().fold(attribute, RequestedAttribute::value))
}

fn subject_id(requirement: &str) -> Result<SubjectIdRequirement, Stop> {
    match requirement {
        "none" => Ok(SubjectIdRequirement::None),
        "any" => Ok(SubjectIdRequirement::Any),
        "subject-id" => Ok(SubjectIdRequirement::SubjectId),
        "pairwise-id" => Ok(SubjectIdRequirement::PairwiseId),
        _ => Err(Stop::no_case(format!("description.subject_id: there is no {requirement:?}"))),
    }
}
