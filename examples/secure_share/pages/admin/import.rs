//! Identity providers: those that are there, and new ones, from metadata or by hand.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use saml_sp::{Certificate, Metadata, MetadataError, MetadataTrust};

use super::page as admin;
use crate::app::{App, Problem};
use crate::fetch::Fetched;
use crate::pages::layout::{day, pill};
use crate::providers::{Setup, save};

const ENTRA: &str = "https://login.microsoftonline.com/{tenant_ID}/federationmetadata/2007-06/federationmetadata.xml";

/// GET `/admin/providers`.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Result<Markup, Problem> {
    let config = app.config()?;
    Ok(admin(
        "/admin/providers",
        "Identity providers",
        &html! {
            h1 { "Identity providers" }
            p.lead { "Where external users sign in. Several stand side by side; each space chooses one." }
            section {
                @if config.providers.is_empty() { p.empty { "There is none yet. Import the first one below." } }
                @else { table {
                    thead { tr { th { "Name" } th { "Entity ID" } th { "State" } th {} } }
                    tbody { @for provider in &config.providers { tr {
                        td { a href={ "/admin/providers/" (provider.id) } { (provider.name) } }
                        td { code { (provider.entity_id) } }
                        td { @match (&provider.idp, &provider.problem) {
                            (Err(_), _) => (pill("bad", "cannot be used")),
                            (_, Some(_)) => (pill("warn", "last fetch failed")),
                            _ => (pill("good", "ready")),
                        } }
                        td.act { form method="post" action={ "/admin/providers/" (provider.id) "/test" } { button.quiet.small aria-label={ "Test " (provider.name) } { "Test" } } }
                    } } }
                } }
            }
            section {
                h2 { "Import from metadata" }
                p.hint { "One of the three: a URL, which is read again by itself, a file, or the text." }
                form method="post" action="/admin/providers" enctype="multipart/form-data" {
                    label for="name" { "Name" } input id="name" name="name" placeholder="What people here call it" required;
                    div.columns {
                        div { label for="url" { "URL " span.hint { "may hold {tenant_ID}" } } input id="url" name="url" type="text" placeholder=(ENTRA); }
                        div { label for="tenant" { "Tenant ID " span.hint { "for Entra ID" } } input id="tenant" name="tenant"; }
                    }
                    label for="file" { "File" } input id="file" name="file" type="file" accept=".xml,application/xml,text/xml";
                    label for="text" { "Text" } textarea id="text" name="text" {}
                    label for="entity_id" { "Entity ID " span.hint { "where the document has several; empty otherwise" } }
                    input id="entity_id" name="entity_id";
                    div.buttons { button { "Import" } }
                }
            }
            section {
                h2 { "Manual configuration" }
                p.hint { "For an identity provider that has no metadata." }
                form method="post" action="/admin/providers/manual" { (manual_fields(&HashMap::new())) div.buttons { button { "Check" } } }
            }
        },
    ))
}

fn manual_fields(typed: &HashMap<String, String>) -> Markup {
    let value = |name: &str| typed.get(name).map_or("", String::as_str);
    let fields = [
        ("name", "Name"),
        ("entity_id", "IdP Entity ID"),
        ("sso_url", "Single Sign-On URL"),
        ("slo_url", "Single Logout URL (may be empty)"),
    ];
    html! {
        @for (name, label) in fields {
            label for={ "m-" (name) } { (label) }
            input id={ "m-" (name) } name=(name) value=(value(name)) required[name != "slo_url"];
        }
        label for="m-certificate" { "X.509 certificate " span.hint { "in any form: PEM, base64 alone, or a whole <ds:X509Certificate>" } }
        textarea id="m-certificate" name="certificate" required { (value("certificate")) }
    }
}

/// POST `/admin/providers`: from a URL, a file, or a text.
pub(crate) async fn import(State(app): State<Arc<App>>, mut form: Multipart) -> Result<Response, Problem> {
    let mut fields: HashMap<String, Vec<u8>> = HashMap::new();
    while let Some(field) = form.next_field().await.map_err(|error| Problem::Input(error.body_text()))? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.bytes().await.map_err(|error| Problem::Input(error.body_text()))?.to_vec());
    }
    let text = |name: &str| String::from_utf8_lossy(fields.get(name).map_or(&[][..], Vec::as_slice)).trim().to_owned();
    let (name, tenant) = (named(text("name"))?, text("tenant"));
    let url = Some(text("url").replace("{tenant_ID}", &tenant)).filter(|url| !url.is_empty());
    if text("url").contains("{tenant_ID}") && tenant.is_empty() {
        return Err(Problem::Input("The URL holds {tenant_ID}: fill in the tenant ID, too.".to_owned()));
    }
    let entity_id = Some(text("entity_id")).filter(|entity_id| !entity_id.is_empty());
    let given =
        ["file", "text"].into_iter().filter_map(|way| fields.get(way)).find(|bytes| !bytes.trim_ascii().is_empty());
    let (document, etag) = match (&url, given) {
        (Some(url), None) => {
            let (app, url) = (app.clone(), url.clone());
            match tokio::task::spawn_blocking(move || app.fetch.get(&url, None)).await? {
                Ok(Fetched::Document { bytes, etag }) => (bytes, etag),
                Ok(Fetched::NotModified) => return Err(Problem::Input("The server sent no document.".to_owned())),
                Err(error) => return Err(Problem::Input(error.to_string())),
            }
        }
        (None, Some(document)) => (document.clone(), None),
        _ => return Err(Problem::Input("Give one of the three: a URL, a file, or the text.".to_owned())),
    };
    let setup = Setup::Document { url, etag, document, entity_id };
    match setup.read() {
        Err(MetadataError::SeveralIdps { .. }) => Ok(choose(&name, &setup)?.into_response()),
        Err(error) => Err(unusable(&error)),
        Ok(_) => Ok(Redirect::to(&format!("/admin/providers/{}", save(&app, &name, &setup)?)).into_response()),
    }
}

/// Its name is the link to it.
fn named(name: String) -> Result<String, Problem> {
    if name.is_empty() { Err(Problem::Input("It wants a name.".to_owned())) } else { Ok(name) }
}

fn unusable(error: &MetadataError) -> Problem {
    Problem::Input(format!("{error}. {}", error.hint()))
}

/// The document has several: one of them is chosen.
fn choose(name: &str, setup: &Setup) -> Result<Markup, Problem> {
    let Setup::Document { url, document, .. } = setup else { return Err(Problem::NotFound("document")) };
    let metadata = Metadata::read(document, MetadataTrust::Transport).map_err(|error| unusable(&error))?;
    let idps = metadata.identity_providers();
    Ok(admin(
        "/admin/providers",
        "Choose one",
        &html! {
            h1 { "Which of them?" }
            p.lead { "The document describes " (idps.len()) " identity providers." }
            section { form method="post" action="/admin/providers" enctype="multipart/form-data" {
                input type="hidden" name="name" value=(name);
                @if let Some(url) = url { input type="hidden" name="url" value=(url); }
                @else { input type="hidden" name="text" value=(String::from_utf8_lossy(document)); }
                label for="entity_id" { "Entity ID" }
                select id="entity_id" name="entity_id" { @for idp in idps {
                    option value=(idp.entity_id()) { (idp.display_name().unwrap_or_default()) " " (idp.entity_id()) }
                } }
                div.buttons { button { "Import" } }
            } }
        },
    ))
}

/// POST `/admin/providers/manual`: shown back first, and saved when it was seen.
pub(crate) async fn manual(
    State(app): State<Arc<App>>,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let field = |name: &str| typed.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
    let [entity_id, sso_url, slo_url, certificate] = ["entity_id", "sso_url", "slo_url", "certificate"].map(field);
    let (name, pasted) = (named(field("name"))?, Certificate::from_pasted(&certificate));
    let pasted = pasted.map_err(|error| Problem::Input(format!("The certificate: {error}. {}", error.hint())))?;
    let setup = Setup::Manual { entity_id, sso_url, slo_url, certificate };
    let idp = setup.read().map_err(|error| unusable(&error))?;
    if typed.contains_key("seen") {
        return Ok(Redirect::to(&format!("/admin/providers/{}", save(&app, &name, &setup)?)).into_response());
    }
    let read = &pasted.certificate;
    Ok(admin("/admin/providers", "Is it this one?", &html! {
        h1 { "Is it this one?" }
        p.lead { "Compare the fingerprint with the one that the identity provider shows. Nothing is saved yet." }
        section {
            h2 { "The certificate" }
            table { tbody {
                tr { th scope="row" { "Subject" } td { (read.subject()) } }
                tr { th scope="row" { "SHA-256 fingerprint" } td { code { (read.sha256()) } } }
                tr { th scope="row" { "Valid" } td { (day(read.not_before())) " to " (day(read.not_after())) } }
                tr { th scope="row" { "Key" } td { (read.key()) } }
            } }
            @if let Some(note) = pasted.note() { p.hint { (note) } }
            @for note in idp.notes() { p.hint { (note) } }
        }
        section { form method="post" action="/admin/providers/manual" {
            (manual_fields(&typed))
            div.buttons { button name="seen" value="1" { "Save" } a.button.quiet href="/admin/providers" { "Cancel" } }
        } }
    }).into_response())
}
