//! A folder of published canonicalization pairs, named by `SAML_SP_CORPUS`; nothing of it is part of this project.
//!
//! A pair agrees, or stands in `tests/corpus-lists/c14n.json` with the rule that refuses it. An entry of the list that
//! agrees by now is a failure too, so that the list never outlives its reasons.

use super::super::*;
use super::signed::verifies;
use crate::limits::Limits;
use crate::xml::{Document, Element, Name, ns};
use serde_json::Value;
use std::path::Path;

/// So many pairs within our transforms may be refused. Node sets that are no subtrees are outside; recorded octets
/// that the document's own signature disowns are no pairs.
const MAX_REFUSED: usize = 4;
const NOT_OURS: [&str; 2] = ["xpath-node-set", "recorded-octets-do-not-verify"];

#[test]
fn corpus_pairs_agree() {
    let Some(corpus) = std::env::var_os("SAML_SP_CORPUS") else {
        eprintln!("SKIPPED: SAML_SP_CORPUS is not set, the canonicalization corpus was not checked");
        return;
    };
    let folder = Path::new(&corpus).join("c14n");
    let pairs: Value = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    let list: Value = serde_json::from_str(include_str!("../../../tests/corpus-lists/c14n.json")).unwrap();
    let mut wrong = Vec::new();
    let mut refused = 0;
    for pair in pairs.as_array().unwrap() {
        let file = pair["input"].as_str().unwrap();
        let outcome = outcome(&folder, pair);
        let listed = list.as_array().unwrap().iter().find(|entry| entry["file"] == file);
        let expected = listed.map_or("agrees", |entry| entry["rule"].as_str().unwrap());
        if outcome != expected {
            wrong.push(format!("{file}: {outcome}, expected: {expected}"));
        }
        refused += usize::from(outcome != "agrees" && !NOT_OURS.contains(&outcome.as_str()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused <= MAX_REFUSED, "{refused} pairs within our transforms are refused");
}

/// "agrees", "differs", one of [`NOT_OURS`], or the code of the error.
fn outcome(folder: &Path, pair: &Value) -> String {
    let input = std::fs::read(folder.join(pair["input"].as_str().unwrap())).unwrap();
    let expected = std::fs::read(folder.join(pair["expected"].as_str().unwrap())).unwrap();
    let node_set = pair["node_set"].as_str().unwrap();
    let Some(chosen) = Choice::of(node_set, pair["whole_document"] == true) else { return "xpath-node-set".to_owned() };
    let document = match Document::parse(&input, &Limits::default().message()) {
        Ok(document) => document,
        Err(error) => return error.code().to_owned(),
    };
    let prefixes =
        pair["inclusive_prefixes"].as_array().map(|all| all.iter().map(|p| p.as_str().unwrap()).collect::<Vec<_>>());
    let how = Canonicalization::new(Method::from_uri(pair["algorithm"].as_str().unwrap()).unwrap())
        .with_prefix_list(&prefixes.unwrap_or_default().join(" "), 64)
        .unwrap();
    let forms = match chosen.canonical_forms(&document, &how) {
        Ok(forms) => forms,
        Err(error) => return error.code().to_owned(),
    };
    if forms.iter().any(|(_, form)| *form == expected) {
        return "agrees".to_owned();
    }
    // The signature value knows which octets its signer saw.
    let signed =
        |octets: &[u8], element: &Element<'_>| element.parent().is_some_and(|signature| verifies(signature, octets));
    if forms.iter().any(|(element, form)| signed(form, element) && !signed(&expected, element)) {
        return "recorded-octets-do-not-verify".to_owned();
    }
    "differs".to_owned()
}

/// The node sets that are subtrees.
enum Choice {
    Root,
    SignedInfo,
    /// The subtrees of elements with these names, and the name of an element to leave out.
    Elements(Vec<String>, Option<String>),
}

impl Choice {
    /// `[ancestor-or-self::p:a]`, `[ancestor-or-self::p:a or …]`, `[ancestor-or-self::p:a and not(ancestor-or-self::p:b)]`.
    fn of(node_set: &str, whole: bool) -> Option<Self> {
        if whole {
            return Some(Self::Root);
        }
        if node_set == "ds:SignedInfo subtree in its document context" {
            return Some(Self::SignedInfo);
        }
        let name = |text: &str| {
            let name = text.trim().strip_prefix("ancestor-or-self::")?.split_once(':')?.1;
            crate::xml::is_ncname(name).then(|| name.to_owned())
        };
        let predicate = node_set.strip_prefix("(//. | //@* | //namespace::*)")?.trim();
        let predicate = predicate.strip_prefix('[')?.strip_suffix(']')?;
        if let Some((apex, omitted)) = predicate.split_once(" and ") {
            let omitted = omitted.trim().strip_prefix("not(")?.strip_suffix(')')?;
            return Some(Self::Elements(vec![name(apex)?], Some(name(omitted)?)));
        }
        Some(Self::Elements(predicate.split(" or ").map(name).collect::<Option<_>>()?, None))
    }

    /// The form of each element that may be meant; the subtrees of [`Self::Elements`] count as one.
    fn canonical_forms<'d>(
        &self,
        document: &'d Document<'_>,
        how: &Canonicalization,
    ) -> Result<Vec<(Element<'d>, Vec<u8>)>, C14nError> {
        let root = document.root();
        let form = |element, how: &Canonicalization| {
            let mut out = Vec::new();
            canonicalize(element, None, how, &mut out).map(|()| (element, out))
        };
        match self {
            Self::Root => Ok(vec![form(root, how)?]),
            Self::SignedInfo => root
                .descendants_or_self()
                .filter(|element| element.is(Name::ds("SignedInfo")))
                .map(|element| {
                    let list = element
                        .child(Name::ds("CanonicalizationMethod"))
                        .and_then(|method| method.child(Name::new(ns::EC, "InclusiveNamespaces")))
                        .and_then(|namespaces| namespaces.attribute("PrefixList"));
                    form(element, &how.clone().with_prefix_list(list.unwrap_or_default(), 64)?)
                })
                .collect(),
            Self::Elements(names, omitted) => {
                let all = || root.descendants_or_self();
                let mut out = Vec::new();
                let omit = omitted.as_ref().and_then(|name| all().find(|element| element.local() == name));
                let mut done: Option<Element<'_>> = None;
                for element in all().filter(|element| names.iter().any(|name| element.local() == name)) {
                    if done.is_none_or(|done| !element.ancestors_or_self().any(|ancestor| ancestor == done)) {
                        canonicalize(element, omit, how, &mut out)?;
                        done = Some(element);
                    }
                }
                Ok(vec![(root, out)])
            }
        }
    }
}
