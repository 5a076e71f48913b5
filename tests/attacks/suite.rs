//! The suite as a whole: how much there is, and that it would work elsewhere.

use std::collections::BTreeSet;

use crate::FAMILIES;
use crate::vector::Vector;

fn vectors() -> impl Iterator<Item = &'static Vector> {
    FAMILIES.iter().copied().flatten()
}

#[test]
fn names_are_given_once() {
    let mut names = BTreeSet::new();
    for vector in vectors() {
        assert!(names.insert(vector.name), "{} is there twice", vector.name);
        assert!(!vector.shapes.is_empty() && !vector.what.trim().is_empty(), "{}", vector.name);
        assert_eq!(vector.cites.is_empty(), vector.family == "controls", "{}", vector.name);
    }
}
