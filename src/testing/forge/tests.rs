use super::*;

const MESSAGE: &str = "<a:r xmlns:a=\"urn:a\" ID=\"1\"><a:x q=\"&lt;&quot;\">one<!--c-->two</a:x><y xmlns=\"urn:b\"><a:x>3</a:x></y></a:r>";

fn tree() -> Tree {
    Tree::parse(MESSAGE).unwrap()
}

#[test]
fn what_is_not_changed_is_written_as_it_was() {
    assert_eq!(tree().to_xml(), MESSAGE);
    let lines = "<a>\n\t<b/>\r\n</a>";
    assert_eq!(Tree::parse(lines).unwrap().to_xml(), "<a>\n\t<b></b>\n</a>");
}

#[test]
fn elements_are_found_by_local_name_in_document_order() {
    let tree = tree();
    let found: Vec<_> = tree.find_all("x").into_iter().map(|place| tree.text(place)).collect();
    assert_eq!(found, ["onetwo", "3"]);
    assert_eq!(tree.text(tree.under(tree.find("y").unwrap(), "x").unwrap()), "3");
    assert!(tree.find("z").is_err() && tree.under(tree.find("x").unwrap(), "x").is_err());
    assert_eq!(tree.attribute(tree.root(), "ID"), Some("1"));
    assert_eq!(tree.attribute(tree.root(), "xmlns:a"), Some("urn:a"));
}

#[test]
fn everything_can_be_moved_but_into_itself() {
    let mut tree = tree();
    let (x, y) = (tree.find("x").unwrap(), tree.find("y").unwrap());
    tree.insert_after(y, x).unwrap();
    assert!(tree.to_xml().ends_with("</y><a:x q=\"&lt;&quot;\">one<!--c-->two</a:x></a:r>"));
    tree.prepend(y, x).unwrap();
    assert!(tree.to_xml().contains("<y xmlns=\"urn:b\"><a:x q="));
    assert!(tree.append(x, y).is_err() && tree.append(x, x).is_err() && tree.remove(tree.root()).is_err());
    assert!(tree.insert_before(x, y).is_err() && tree.insert_before(tree.root(), x).is_err());
    tree.remove(y).unwrap();
    assert_eq!(tree.to_xml(), "<a:r xmlns:a=\"urn:a\" ID=\"1\"></a:r>");
    assert!(tree.find("x").is_err(), "it was inside");
}

#[test]
fn a_copy_is_another_element() {
    let mut tree = tree();
    let y = tree.find("y").unwrap();
    let copy = tree.copy(y);
    tree.set_text(tree.under(copy, "x").unwrap(), "<4>").unwrap();
    tree.declare_inherited(y).unwrap();
    tree.insert_before(y, copy).unwrap();
    let both = "<y xmlns=\"urn:b\"><a:x>&lt;4&gt;</a:x></y><y xmlns=\"urn:b\" xmlns:a=\"urn:a\"><a:x>3</a:x></y>";
    assert!(tree.to_xml().contains(both), "{}", tree.to_xml());
}

#[test]
fn elements_are_written_over() {
    let mut tree = tree();
    let y = tree.find("y").unwrap();
    tree.rename(y, "z").unwrap();
    tree.set(y, "ID", "2").unwrap();
    tree.unset(y, "xmlns").unwrap();
    assert!(tree.unset(y, "xmlns").is_err());
    let x = tree.under(y, "x").unwrap();
    tree.split_text(x, 1, "<!---->").unwrap();
    assert!(tree.split_text(x, 0, "?").is_err(), "it holds more than text");
    tree.wrap(x, "<w xmlns=\"urn:w\"/>").unwrap();
    let raw = tree.raw("<?pi?>");
    tree.append(y, raw).unwrap();
    assert!(tree.to_xml().ends_with("<z ID=\"2\"><w xmlns=\"urn:w\"><a:x>3<!----></a:x></w><?pi?></z></a:r>"));
}

/// A fuzzer had copied the document element into itself sixteen times.
#[test]
fn copies_of_copies_end() {
    let mut tree = tree();
    tree.operate(&[3, 0, 0, 0].repeat(60));
    assert!(tree.to_xml().len() < 10_000_000, "{} bytes", tree.to_xml().len());
    assert!(tree.find_all("x").len() > 1_000);
}
