//! An assertion that nobody has proven, for diagnosis: rows of checks can be asked about it, and nothing can be made of it.

use super::MessageError;
use super::assertion::Assertion;
use crate::xml::Element;

/// Claims of an assertion under no signature that verified.
///
/// An [`Assertion`] is no `Clone` and this never gives its own away, so that what is accepted can only be one that was
/// read from signed octets.
pub(crate) struct Unproven(Assertion);

impl Unproven {
    /// From an element of a document as received.
    pub(crate) fn read(element: Element<'_>) -> Result<Self, MessageError> {
        Assertion::read_element(element).map(Self)
    }

    pub(crate) fn claims(&self) -> &Assertion {
        &self.0
    }
}
