//! Real documents of many products, in a folder named by `SAML_SP_CORPUS`: all of them parse, far below the limits.

use super::super::*;
use crate::limits::Limits;
use std::path::Path;

/// The largest numbers of any document: bytes, depth, elements, attributes, declarations of an element, in scope.
#[derive(Debug, Default, PartialEq)]
struct Largest {
    bytes: usize,
    depth: usize,
    elements: usize,
    attributes: usize,
    namespace_declarations: usize,
    in_scope_declarations: usize,
}

fn measure(largest: &mut Largest, document: &Document<'_>) {
    largest.bytes = largest.bytes.max(document.source().len());
    largest.elements = largest.elements.max(document.root().descendants_or_self().count());
    for element in document.root().descendants_or_self() {
        largest.attributes = largest.attributes.max(element.attributes().len());
        largest.namespace_declarations = largest.namespace_declarations.max(element.declarations().len());
        largest.depth = largest.depth.max(element.ancestors_or_self().count());
        let in_scope = element.ancestors_or_self().map(|ancestor| ancestor.declarations().len()).sum();
        largest.in_scope_declarations = largest.in_scope_declarations.max(in_scope);
    }
}

#[test]
fn real_documents_parse_with_room_to_spare() {
    let Some(corpus) = std::env::var_os("SAML_SP_CORPUS") else {
        eprintln!("SKIPPED: SAML_SP_CORPUS is not set, no real documents were parsed");
        return;
    };
    for (kind, limits) in [("metadata", Limits::default().metadata()), ("responses", Limits::default().message())] {
        let mut largest = Largest::default();
        for file in std::fs::read_dir(Path::new(&corpus).join(kind)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "xml") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            match parse_by_both(&bytes, &limits) {
                Ok(document) => measure(&mut largest, &document),
                Err(error) => panic!("{}: {}: {error}", path.display(), error.code()),
            }
        }
        eprintln!("{kind}: {largest:?}");
        assert!(largest.depth * 3 <= limits.depth);
        assert!(largest.attributes * 3 <= limits.attributes);
        assert!(largest.namespace_declarations * 2 <= limits.namespace_declarations);
        assert!(largest.in_scope_declarations * 2 <= limits.in_scope_declarations);
    }
}
