//! Many short texts in one allocation: an assertion has hundreds of values, of a few octets each.

use std::fmt;
use std::sync::Arc;

/// A part of a text that others hold parts of too. Equal means the same characters.
#[derive(Clone)]
pub(crate) struct Shared {
    /// None until it is in place.
    all: Option<Arc<str>>,
    start: u32,
    end: u32,
}

/// Texts one behind the other, before they are shared.
pub(crate) struct Collected(String);

impl Collected {
    /// With room for so many octets.
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self(String::with_capacity(octets))
    }

    /// Appends a text. It reads as nothing until [`share`](Self::share) has put it into place.
    pub(crate) fn push(&mut self, text: &str) -> Shared {
        let range = self.0.len()..self.0.len().saturating_add(text.len());
        match (u32::try_from(range.start), u32::try_from(range.end)) {
            (Ok(start), Ok(end)) => {
                self.0.push_str(text);
                Shared { all: None, start, end }
            }
            // No message is as long; were one, this text would be by itself.
            _ => Shared { all: Some(text.into()), start: 0, end: u32::MAX },
        }
    }

    /// Gives all that were pushed their text.
    pub(crate) fn share<'s>(self, pushed: impl Iterator<Item = &'s mut Shared>) {
        let all: Arc<str> = self.0.into();
        for shared in pushed {
            shared.all.get_or_insert_with(|| Arc::clone(&all));
        }
    }
}

impl Shared {
    pub(crate) fn as_str(&self) -> &str {
        let all = self.all.as_deref().unwrap_or_default();
        let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX).min(all.len());
        all.get(offset(self.start)..offset(self.end)).unwrap_or_default()
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Shared {}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Shared {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_the_one_that_was_pushed() {
        let texts = ["", "a", "\u{e9}\u{10000}", "", "bc"];
        let mut collected = Collected::with_capacity(4);
        let mut shared: Vec<Shared> = texts.iter().map(|text| collected.push(text)).collect();
        collected.share(shared.iter_mut());
        assert!(shared.iter().map(Shared::as_str).eq(texts));
        let first = shared[0].all.clone().unwrap();
        assert!(shared.iter().all(|other| other.all.as_ref().is_some_and(|all| Arc::ptr_eq(all, &first))));
        assert_eq!(shared[0], shared[3]);
        assert_ne!(shared[1], shared[4]);
        assert_eq!(format!("{:?}", shared[2]), "\"\u{e9}\u{10000}\"");
    }
}
