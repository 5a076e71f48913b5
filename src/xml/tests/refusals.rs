//! What is no XML, or no XML of ours: one document for each rule, beside one that obeys it.

use super::message_limits;
use crate::xml::{Flaw, XmlError, XmlErrorKind, parse_by_both};

fn parse(xml: &[u8]) -> Result<(), XmlError> {
    parse_by_both(xml, &message_limits()).map(drop)
}

fn refuse(xml: &str, kind: XmlErrorKind) {
    assert_eq!(parse(xml.as_bytes()).map_err(|error| error.kind), Err(kind), "{xml:?}");
}

fn flaws(flaw: Flaw, documents: &[&str]) {
    for xml in documents {
        refuse(xml, XmlErrorKind::NotWellFormed(flaw));
    }
}

fn accept(documents: &[&str]) {
    for xml in documents {
        assert_eq!(parse(xml.as_bytes()), Ok(()), "{xml:?}");
    }
}

/// XML 1.0, 2.2: a character by itself or by reference.
#[test]
fn characters() {
    flaws(
        Flaw::Character,
        &[
            "<a>\u{0}</a>",
            "<a>\u{8}</a>",
            "<a b='\u{1F}'/>",
            "<a><!--\u{FFFE}--></a>",
            "<a><![CDATA[\u{FFFF}]]></a>",
            "<a\u{1}/>",
            "<a>&#0;</a>",
            "<a>&#x8;</a>",
            "<a>&#xD800;</a>",
            "<a>&#xFFFE;</a>",
            "<a>&#x110000;</a>",
            "<a b='&#11;'/>",
            "<a>&#4294967361;</a>",
            "<a>&#99999999999999999999;</a>",
        ],
    );
    accept(&["<a>\u{7F}\u{85}\u{FFFD}\u{10FFFF}&#9;&#10;&#13;&#x10FFFF;&#xE000;</a>"]);
}

/// XML 1.0, 4.1 and 4.6.
#[test]
fn references() {
    flaws(Flaw::Entity, &["<a>&nbsp;</a>", "<a b='&x;'/>", "<a>&AMP;</a>", "<a>&xxe.y-1;</a>"]);
    flaws(
        Flaw::Ampersand,
        &[
            "<a>&</a>",
            "<a>&amp</a>",
            "<a>& amp;</a>",
            "<a>&amp ;</a>",
            "<a>&;</a>",
            "<a>&#;</a>",
            "<a>&#x;</a>",
            "<a>&#X41;</a>",
            "<a>&#-1;</a>",
            "<a>&#+65;</a>",
            "<a>&#x+41;</a>",
            "<a>&#6 5;</a>",
            "<a>&#xG;</a>",
            "<a>&1;</a>",
            "<a>&a&b;</a>",
            "<a b='&'/>",
            "<a b='&amp'/>",
            "<a b='&#x41'/>",
            "<a>&lt<b/>;</a>",
            "<a>&",
        ],
    );
    accept(&["<a b='&amp;&lt;&gt;&quot;&apos;&#65;&#x4a;&#x4A;'>&amp;&lt;&gt;&quot;&apos;&#00065;</a>"]);
}

/// XML 1.0, 2.3 and 3.1; Namespaces in XML 1.0, 3 and 4.
#[test]
fn names() {
    flaws(
        Flaw::Name,
        &[
            "<1/>",
            "<-a/>",
            "<.a/>",
            "< a/>",
            "<:a/>",
            "<a:/>",
            "<a:b:c xmlns:a='urn:a'/>",
            "<a:1 xmlns:a='urn:a'/>",
            "<a:-b xmlns:a='urn:a'/>",
            "<\u{D7}/>",
            "<a\u{2003}b/>",
            "<a b:='' />",
            "<a :b=''/>",
            "<a 1=''/>",
            "<a b:c:d='' xmlns:b='urn:b'/>",
            "<a b/c=''/>",
            "<a xmlns:='urn:a'/>",
            "<a xmlns:1='urn:a'/>",
            "<>",
            "<=a/>",
            "<a =''/>",
            "<a \u{0300}=''/>",
            "<a,b/>",
            "<a(b)/>",
        ],
    );
    accept(&[
        "<_/>",
        "<a.-1\u{B7}/>",
        "<é:名 xmlns:é='urn:a' é:\u{10000}=''/>",
        "<xmlfoo/>",
        "<a:xmlns xmlns:a='urn:a' a:xmlns=''/>",
    ]);
}

/// XML 1.0, 3.1: attributes.
#[test]
fn attributes() {
    flaws(Flaw::AttributeSpace, &["<a b=''c=''/>", "<a b=\"\"c=\"\"/>", "<a xmlns='urn:a'b=''/>", "<a b=''/c=''/>"]);
    flaws(
        Flaw::AttributeSyntax,
        &[
            "<a b/>",
            "<a b=/>",
            "<a b=c/>",
            "<a b 'c'/>",
            "<a b=`c`/>",
            "<a b c='d'/>",
            "<a b==''/>",
            "<a b='' c></a>",
            "<a b=&quot;c&quot;/>",
            "<a b x'c'/>",
        ],
    );
    flaws(Flaw::LessThanInValue, &["<a b='<'/>", "<a b=\"<c>\"/>", "<a b='<!-- -->'/>"]);
    for xml in [
        "<a b='' b=''/>",
        "<a b='1' c='' b='2'/>",
        "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='' q:b=''/>",
        "<a xmlns='urn:1' xmlns='urn:1'/>",
        "<a xmlns:p='urn:1' xmlns:p='urn:2'/>",
        "<r xmlns:p='urn:1'><a xmlns:p='urn:2' xmlns:q='urn:q' xmlns:p='urn:2'/></r>",
        "<a xml:lang='' xml:lang=''/>",
    ] {
        refuse(xml, XmlErrorKind::DuplicateAttribute);
    }
    accept(&[
        "<a\tb\r=\n''\tc = \"'>\" />",
        "<a b='' B=''/>",
        "<a xmlns:p='urn:1' xmlns:q='urn:2' b='' p:b='' q:b=''/>",
        "<a xmlns='urn:1' xmlns:p='urn:1' b='' p:b=''/>",
        "<r xmlns:p='urn:1'><a xmlns:p='urn:2'/><a xmlns:p='urn:2'/></r>",
        "<a b='>' c='\"'/>",
    ]);
}

/// XML 1.0, 2.4, 2.5 and 2.7.
#[test]
fn text_comments_and_sections() {
    flaws(Flaw::CDataEndInText, &["<a>]]></a>", "<a>x]]]>y</a>", "<a><![CDATA[]]>]]></a>"]);
    flaws(Flaw::Comment, &["<a><!-- -- --></a>", "<a><!-----></a>", "<a><!-- a---></a>", "<a><!-- </a>", "<!--"]);
    flaws(Flaw::CData, &["<a><![CDATA[</a>", "<![CDATA[]]><a/>", "<a/><![CDATA[ ]]>", "<a><![CDATA[]]"]);
    flaws(
        Flaw::Markup,
        &[
            "<a><!x></a>",
            "<a><!></a>",
            "<!ELEMENT a ANY><a/>",
            "<a><![cdata[]]></a>",
            "<a><![CDATA []]></a>",
            "<a><!-x--></a>",
            "<!",
        ],
    );
    accept(&[
        "<a>]] > ]>]&gt; ]]&gt;</a>",
        "<a><!----><!-- - --><!-->--><!--->--></a>",
        "<a><![CDATA[]]]]><![CDATA[>]]></a>",
    ]);
    accept(&["<a><![CDATA[<!DOCTYPE x><?pi?>&x;]]></a>", "<a><!-- <!DOCTYPE> <?pi?> & < ]]> --></a>"]);
}

/// XML 1.0, 2.1 and 3: one root, tags that match, nothing around.
#[test]
fn structure() {
    flaws(
        Flaw::EndTag,
        &[
            "<a></b>",
            "<a></A>",
            "<a><b></a></b>",
            "</a>",
            "<a/></a>",
            "<a></ a>",
            "<a></a b=''>",
            "<a></a/>",
            "<p:a xmlns:p='urn:1' xmlns:q='urn:1'></q:a>",
            "</>",
        ],
    );
    flaws(Flaw::Unclosed, &["<a>", "<a><b></b>", "<a>text"]);
    flaws(Flaw::Tag, &["<a", "<", "<a=''/>", "<a b='", "<a><b", "<a></a", "<a></", "<a>&lt;<"]);
    flaws(Flaw::NoRoot, &["", " \n", "<!-- -->", "<?xml version='1.0'?>"]);
    flaws(Flaw::SecondRoot, &["<a/><b/>", "<a></a> <!-- --> <a/>"]);
    flaws(
        Flaw::TextOutsideRoot,
        &[
            "x<a/>",
            "<a/>x",
            " x <a/>",
            "<a/>\u{A0}",
            "<a/>&#32;",
            "&#32;<a/>",
            "\u{FEFF}\u{FEFF}<a/>",
            "text",
            "PHNhbWw+",
        ],
    );
    accept(&[" \t\r\n<a/> \t\r\n", "<!-- 1 --><a></a\n><!-- 2 -->", "\u{FEFF}<a/>"]);
    // What else stands between `<` and `>` is no tag.
    for xml in ["<a <b/>", "<a / >", "<a b='' / >", "<a//>", "<a<b/>/>"] {
        assert_eq!(parse(xml.as_bytes()).unwrap_err().code(), "xml-not-well-formed", "{xml}");
    }
}

/// XML 1.0, 2.8 and 4.3.3.
#[test]
fn xml_declaration() {
    flaws(
        Flaw::Declaration,
        &[
            " <?xml version='1.0'?><a/>",
            "<!-- --><?xml version='1.0'?><a/>",
            "<a><?xml version='1.0'?></a>",
            "<a/><?xml version='1.0'?>",
            "<?xml version='1.0'?><?xml version='1.0'?><a/>",
            "<?xml ?><a/>",
            "<?xml encoding='UTF-8'?><a/>",
            "<?xml version='1.0'encoding='UTF-8'?><a/>",
            "<?xml version='1.0' standalone='maybe'?><a/>",
            "<?xml version='1.0' standalone='YES'?><a/>",
            "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
            "<?xml version='1.0' x='y'?><a/>",
            "<?xml version=1.0?><a/>",
            "<?xml version=x1.0x?><a/>",
            "<?xml version='1.0\"?><a/>",
            "<?xml version='1.0' ??><a/>",
            "<?xml version='1.0' version='1.0'?><a/>",
            "<?xml version='1.0'><a/>",
            "<?xml ",
        ],
    );
    flaws(
        Flaw::Version,
        &[
            "<?xml version='1.1'?><a/>",
            "<?xml version='2.0'?><a/>",
            "<?xml version=''?><a/>",
            "<?xml version='1.0 '?><a/>",
        ],
    );
    for encoding in ["UTF-16", "ISO-8859-1", "US-ASCII", "utf8", "UTF-7", "", "UTF-8 "] {
        refuse(&format!("<?xml version='1.0' encoding='{encoding}'?><a/>"), XmlErrorKind::NotUtf8);
    }
    accept(&[
        "<?xml version='1.0'?><a/>",
        "<?xml version=\"1.0\" encoding='utf-8' standalone='no' ?>\n<a/>",
        "<?xml\tversion = '1.0'\r\nencoding=\"Utf-8\"?><a/>",
        "\u{FEFF}<?xml version='1.0'?><a/>",
    ]);
}

/// VU#475445's relatives, XXE, billion laughs: what is not there cannot be misread.
#[test]
fn doctypes_and_processing_instructions() {
    for xml in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!doctype html><html/>",
        " <!DOCTYPE a",
        "<a><!DOCTYPE b></a>",
        "<a/><!DOCTYPE a>",
    ] {
        refuse(xml, XmlErrorKind::Doctype);
    }
    for xml in [
        "<?pi?><a/>",
        "<a><?pi x?></a>",
        "<a/><?xml-stylesheet href='x'?>",
        "<?XML version='1.0'?><a/>",
        "<a><?",
        "<?xml?><a/>",
        "<??><a/>",
    ] {
        refuse(xml, XmlErrorKind::ProcessingInstruction);
    }
}

#[test]
fn other_encodings() {
    let utf16 = |big: bool, mark: bool| {
        let units = mark.then_some(0xFEFF).into_iter().chain("<a/>".encode_utf16());
        units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    let mut documents = vec![
        b"<a>\xE9</a>".to_vec(),
        b"<a>\xC0\xBC</a>".to_vec(),
        b"<a>\xED\xA0\x80</a>".to_vec(),
        b"<a>\xF4\x90\x80\x80</a>".to_vec(),
    ];
    documents.extend([
        utf16(true, true),
        utf16(false, true),
        utf16(true, false),
        utf16(false, false),
        b"\x4C\x61\x81\x5E\xFF".to_vec(),
    ]);
    for document in documents {
        assert_eq!(parse(&document).unwrap_err().kind, XmlErrorKind::NotUtf8, "{document:?}");
    }
}

/// Namespaces in XML 1.0, 2.2, 3 and 5.
#[test]
fn namespaces() {
    for xml in [
        "<p:a/>",
        "<a p:b=''/>",
        "<a><b xmlns:p='urn:p'/><p:c/></a>",
        "<xmlns:a/>",
        "<a><p:b xmlns:q='urn:q'/></a>",
        "<a xmlns:p='urn:p'><b/></a>".replace("<b/>", "<P:b/>").as_str(),
    ] {
        refuse(xml, XmlErrorKind::UndeclaredPrefix);
    }
    for uri in ["a", "../a", "/a", "//host/a", "#a", "a/b:c", "1a:b", " urn:a", "?q", "a b"] {
        refuse(&format!("<a xmlns='{uri}'/>"), XmlErrorKind::RelativeNamespace);
        refuse(&format!("<r><a xmlns:p='{uri}'/></r>"), XmlErrorKind::RelativeNamespace);
    }
    flaws(
        Flaw::ReservedPrefix,
        &[
            "<a xmlns:xml='urn:a'/>",
            "<a xmlns:xmlns='urn:a'/>",
            "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
            "<a xmlns:xml=''/>",
            "<a xmlns:p='http://www.w3.org/XML/1998/names&#112;ace'/>",
        ],
    );
    flaws(Flaw::EmptyPrefixDeclaration, &["<a xmlns:p=''/>", "<a xmlns:p='urn:p'><b xmlns:p=''/></a>"]);
    accept(&[
        "<a xmlns=''/>",
        "<a xmlns='urn:a'><b xmlns=''/></a>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang=''/>",
        "<xml:a/>",
        "<p:a xmlns:p='urn:p'/>",
        "<a p:b='' xmlns:p='x-1.+:'/>",
    ]);
}

/// The signature floor: a second element of the same ID is refused before anybody asks for it.
#[test]
fn equal_ids() {
    let saml = "xmlns='urn:oasis:names:tc:SAML:2.0:assertion' xmlns:d='http://www.w3.org/2000/09/xmldsig#' \
                xmlns:d11='http://www.w3.org/2009/xmldsig11#' xmlns:x='http://www.w3.org/2001/04/xmlenc#' \
                xmlns:x11='http://www.w3.org/2009/xmlenc11#'";
    for inside in [
        "<A ID='1'/><A ID='1'/>",
        "<A ID='1'/><d:S Id='1'/>",
        "<A ID='1'/><x:E xml:id='1'/>",
        "<A ID='1'/><d11:K Id='1'/>",
        "<A ID='1'/><x11:K Id='1'/>",
        "<A ID='1' xml:id='1'/>",
        "<A ID='1' Id='1'/>",
        "<A ID='1'/><A ID='&#49;'/>",
        "<A ID='1'><A ID='2'><A ID='1'/></A></A>",
    ] {
        refuse(&format!("<r {saml}>{inside}</r>"), XmlErrorKind::DuplicateId);
    }
    for inside in [
        "<A ID='1'/><A ID='2'/>",
        "<A ID='1'/><A id='1'/>",
        "<A ID='1'/><A d:ID='1'/>",
        "<A ID='1'/><b xmlns='urn:b' ID='1'/>",
        "<A ID='1'/><A ID='1 '/>",
    ] {
        accept(&[&format!("<r {saml}>{inside}</r>")]);
    }
}

/// Few are compared with one another, many are sorted or hashed: the same answer, at the same place.
#[test]
fn the_same_among_many() {
    let place = |xml: &str| parse(xml.as_bytes()).map_err(|error| (error.kind, error.position.column));
    let front = "<r xmlns='urn:oasis:names:tc:SAML:2.0:assertion'>";
    for n in [2, 8, 9, 10, 17, 18, 40] {
        let attributes: String = (0..n).map(|m| format!(" a{}=''", m * 7 % n)).collect();
        let ids: String = (0..n).map(|m| format!("<A ID='{m}'/>")).collect();
        accept(&[&format!("<a{attributes}/>"), &format!("{front}{ids}</r>")]);
        for again in 0..n {
            let xml = format!("<a{attributes} a{again}='' b='' b=''/>");
            let column = "<a".len() + attributes.len() + " ".len() + 1;
            assert_eq!(place(&xml), Err((XmlErrorKind::DuplicateAttribute, column)), "{xml}");
            let xml = format!("{front}{ids}<A ID='{again}'/><A ID='0'/></r>");
            let column = front.len() + ids.len() + "<A ".len() + 1;
            assert_eq!(place(&xml), Err((XmlErrorKind::DuplicateId, column)), "{xml}");
        }
        let declared: String = (0..n).map(|m| format!("<p{m}:r xmlns:p{m}='urn:{m}'/>")).collect();
        for m in 0..n {
            let twins = format!("<r>{declared}<a xmlns:p{m}='urn:{m}' xmlns:q='urn:{m}' p{m}:b='' q:b=''/></r>");
            refuse(&twins, XmlErrorKind::DuplicateAttribute);
            accept(&[&format!("<r>{declared}<a xmlns:p{m}='urn:{m}' xmlns:q='urn:q' p{m}:b='' q:b=''/></r>")]);
        }
    }
}

#[test]
fn errors_say_where() {
    let error = parse("<a>\n  <é b='<'/>\n</a>".as_bytes()).unwrap_err();
    assert_eq!((error.position.row, error.position.column), (2, 9));
    let text = "the document is not well-formed XML: \"<\" in an attribute value, at row 2, column 9";
    assert_eq!((error.code(), error.to_string().as_str()), ("xml-not-well-formed", text));
    let error = parse(b"<a>\n\xFF</a>").unwrap_err();
    assert_eq!((error.position.row, error.position.column), (2, 1));
}
