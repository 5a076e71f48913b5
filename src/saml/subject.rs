//! Subject and SubjectConfirmation (core 2.4).

use super::conditions::Window;
use super::{MessageError, NameId, part};
use crate::xml::{Element, Name};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Optional: SDP-SP13, a service provider must not require one.
    pub(crate) name_id: Option<NameId>,
    pub(crate) confirmations: Vec<SubjectConfirmation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubjectConfirmation {
    pub(crate) method: String,
    pub(crate) recipient: Option<String>,
    pub(crate) window: Window,
    pub(crate) in_response_to: Option<String>,
    /// True where SubjectConfirmationData stands at all.
    pub(crate) has_data: bool,
}

impl Subject {
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let name_id = NameId::within(element, "Subject")?;
        let confirmations = element
            .children()
            .filter(|child| child.is(Name::saml("SubjectConfirmation")))
            .map(SubjectConfirmation::read)
            .collect::<Result<_, _>>()?;
        Ok(Self { name_id, confirmations })
    }
}

impl SubjectConfirmation {
    fn read(element: Element<'_>) -> Result<Self, MessageError> {
        let within = "SubjectConfirmation";
        let method = part::attribute(element, "Method", within)?.to_owned();
        let data = part::optional(element, Name::saml("SubjectConfirmationData"), within)?;
        let Some(data) = data else {
            return Ok(Self {
                method,
                recipient: None,
                window: Window::default(),
                in_response_to: None,
                has_data: false,
            });
        };
        Ok(Self {
            method,
            recipient: part::uri_attribute(data, "Recipient"),
            window: Window::read(data)?,
            in_response_to: data.attribute("InResponseTo").map(str::to_owned),
            has_data: true,
        })
    }
}
