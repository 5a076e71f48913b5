//! What an identity provider has to know of us.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use saml_sp::Product;

use super::page as admin;
use crate::app::{App, Problem};
use crate::pages::layout::{copy, day};

/// GET `/admin`.
pub(crate) async fn page(State(app): State<Arc<App>>) -> Result<Markup, Problem> {
    let values = app.config()?.sp.admin_values()?;
    let rows = [
        ("SP entity ID", values.entity_id()),
        ("ACS URL", values.acs_url()),
        ("SLO URL", values.slo_url().unwrap_or_default()),
        ("Audience", values.audience()),
        ("Recipient", values.recipient()),
    ];
    let products = [Product::SecSignId, Product::EntraId];
    Ok(admin(
        "/admin",
        "Service",
        &html! {
            h1 { "This service" }
            p.lead { "What an identity provider asks for when this service is registered there. Most of them read it from the metadata." }
            section {
                h2 { "Service provider" }
                table { tbody { @for (name, value) in rows { tr { th scope="row" { (name) } (copy(value)) } } } }
                p.hint { "Single logout is offered, because this address is " (if app.base_url.starts_with("https:") { "https" } else { "on loopback" })
                    ": its messages and its cookies travel through browsers, and need a way that nobody listens on." }
            }
            section {
                h2 { "Metadata" }
                table { tbody { tr { th scope="row" { "Metadata URL" } (copy(&format!("{}/saml/metadata", app.base_url))) } } }
                div.buttons { a.button href="/admin/metadata.xml" { "Download" } a.button.quiet href="/saml/metadata" { "Open" } }
            }
            section {
                h2 { "Certificate" }
                @for certificate in values.certificates() {
                    @let read = certificate.certificate();
                    h3 { (if certificate.encrypts() && certificate.verifies() { "To verify our signatures, and to encrypt to us" }
                        else if certificate.encrypts() { "To encrypt to us" } else { "To verify our signatures" }) }
                    p.hint { (read.subject()) ", from " (day(read.not_before())) " to " (day(read.not_after())) }
                    p.hint { "SHA-256 " code { (read.sha256()) } }
                    pre { (certificate.pem()) }
                    button.quiet.small type="button" data-copy=(certificate.pem()) aria-label={ "Copy the certificate " (read.sha256()) } { "Copy" }
                }
            }
            @for product in products { section {
                h2 { "For " (product.name()) }
                p.hint { "The fields as they are called there." }
                table { tbody { @for value in values.for_product(product).iter().filter(|value| !value.value.contains('\n')) {
                    tr { th scope="row" { (value.field) } (copy(&value.value)) }
                } } }
            } }
        },
    ))
}

/// GET `/admin/metadata.xml`.
pub(crate) async fn download(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let xml = app.config()?.sp.metadata().to_xml()?;
    let file = (CONTENT_DISPOSITION, "attachment; filename=\"secure-share-metadata.xml\"");
    Ok(([(CONTENT_TYPE, "application/samlmetadata+xml"), file], xml).into_response())
}
