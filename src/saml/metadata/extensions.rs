//! What stands in Extensions and for people: mdui, shibmd, mdattr, alg. Whatever is not known is passed over (IIP-EXT01).

use super::endpoint::{read_boolean, read_location};
use super::identity_provider::{Declared, EntityAttribute, Localized, Logo};
use super::note::MetadataNote;
use crate::text::quoted::Quoted;
use crate::text::whitespace;

use crate::xml::{Element, Name, ns};

const UI_INFO: Name = Name::new(ns::MDUI, "UIInfo");
const DISPLAY_NAME: Name = Name::new(ns::MDUI, "DisplayName");
const LOGO: Name = Name::new(ns::MDUI, "Logo");
const SCOPE: Name = Name::new(ns::SHIBMD, "Scope");
const ENTITY_ATTRIBUTES: Name = Name::new(ns::MDATTR, "EntityAttributes");
const SIGNING_METHOD: Name = Name::new(ns::ALG, "SigningMethod");
const DIGEST_METHOD: Name = Name::new(ns::ALG, "DigestMethod");
const LANGUAGE: Name = Name::new(ns::XML, "lang");

impl Declared {
    /// Reads the extensions of an entity and of its role.
    pub(super) fn read(entity: Element<'_>, role: Element<'_>, notes: &mut Vec<MetadataNote>) -> Self {
        let mut declared = Self::default();
        for extensions in [entity, role].into_iter().filter_map(|at| at.child(Name::md("Extensions"))) {
            let mut signing_methods = Vec::new();
            let mut digest_methods = Vec::new();
            for extension in extensions.children() {
                if extension.is(UI_INFO) {
                    declared.read_ui_info(extension, notes);
                } else if extension.is(SCOPE) {
                    declared.read_scope(extension, notes);
                } else if extension.is(ENTITY_ATTRIBUTES) {
                    declared.entity_attributes.extend(extension.children().filter_map(read_entity_attribute));
                } else if extension.is(SIGNING_METHOD) {
                    signing_methods.extend(algorithm(extension));
                } else if extension.is(DIGEST_METHOD) {
                    digest_methods.extend(algorithm(extension));
                }
            }
            // What a role declares takes the place of what its entity declares.
            for (known, new) in
                [(&mut declared.signing_methods, signing_methods), (&mut declared.digest_methods, digest_methods)]
            {
                if !new.is_empty() {
                    *known = new;
                }
            }
        }
        if let Some(organization) =
            role.child(Name::md("Organization")).or_else(|| entity.child(Name::md("Organization")))
        {
            let names = organization.children().filter(|child| child.is(Name::md("OrganizationDisplayName")));
            declared.organization_names.extend(names.filter_map(localized));
        }
        declared
    }

    fn read_ui_info(&mut self, info: Element<'_>, notes: &mut Vec<MetadataNote>) {
        for child in info.children() {
            if child.is(DISPLAY_NAME) {
                self.display_names.extend(localized(child));
            } else if child.is(LOGO)
                && let Some(text) = child.text()
                && let Some(location) = read_location(&text, "Logo", notes)
            {
                let pixels = |name| child.attribute(name).and_then(|text| whitespace::trim(text).parse().ok());
                self.logos.push(Logo { location, width: pixels("width"), height: pixels("height") });
            }
        }
    }

    fn read_scope(&mut self, scope: Element<'_>, notes: &mut Vec<MetadataNote>) {
        let Some(text) = scope.text() else { return };
        let text = whitespace::trim(&text);
        if scope.attribute("regexp").and_then(read_boolean).unwrap_or(false) {
            notes.push(MetadataNote::ScopeRegularExpression { found: Quoted::new(text) });
        } else if !text.is_empty() {
            self.scopes.push(text.to_owned());
        }
    }
}

fn algorithm(method: Element<'_>) -> Option<String> {
    method.attribute("Algorithm").map(|uri| whitespace::collapse(uri).into_owned())
}

fn localized(element: Element<'_>) -> Option<Localized> {
    let text = element.text()?;
    let text = whitespace::collapse(&text);
    let language = element.attribute_in(LANGUAGE).unwrap_or_default();
    (!text.is_empty()).then(|| Localized { language: language.to_owned(), text: text.into_owned() })
}

/// A `saml:Attribute` directly inside; assertions about an entity are signed on their own and are not read.
fn read_entity_attribute(attribute: Element<'_>) -> Option<EntityAttribute> {
    if !attribute.is(Name::saml("Attribute")) {
        return None;
    }
    let values = attribute.children().filter(|child| child.is(Name::saml("AttributeValue")));
    Some(EntityAttribute {
        name: attribute.attribute("Name")?.to_owned(),
        values: values.filter_map(|value| Some(whitespace::trim(&value.text()?).to_owned())).collect(),
    })
}
