//! By what a product is recognised: the shape of an entityID or of a sign-on URL.

/// A documented shape, in which `*` stands for anything, or nothing.
pub(super) struct Mark {
    pub(super) place: Place,
    pub(super) shape: &'static str,
    /// The public page that shows it.
    pub(super) source: &'static str,
}

/// What the shape is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    EntityId,
    SignOn,
}

impl Mark {
    pub(super) const fn entity_id(shape: &'static str, source: &'static str) -> Self {
        Self { place: Place::EntityId, shape, source }
    }

    pub(super) const fn sign_on(shape: &'static str, source: &'static str) -> Self {
        Self { place: Place::SignOn, shape, source }
    }

    /// Whether the text has this shape, letter by letter.
    pub(super) fn fits(&self, text: &str) -> bool {
        // Most do not, by their first letters, which are cheaper to compare than to begin a search.
        let mut begins = self.shape.bytes().take_while(|byte| *byte != b'*').zip(text.bytes());
        if begins.any(|(shape, text)| shape != text) {
            return false;
        }
        let mut pieces = self.shape.split('*');
        let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
        let Some(last) = pieces.next_back() else { return rest.is_empty() };
        // The first place of each piece leaves most to those after it, so no other choice has to be tried.
        for piece in pieces {
            let Some((_, after)) = rest.split_once(piece) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }
}
