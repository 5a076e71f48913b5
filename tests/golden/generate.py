#!/usr/bin/env python3
"""Records canonical forms made by libxml2, and pre-digest octets made by the xmlsec1 program, into c14n/*.json.

Needs: Debian packages xmlsec1 and libxml2 (the shared library), openssl, and lxml from PyPI. The tests replay the
records with nothing installed. Every document is written here; none is anybody's real message.

    python3 tests/golden/generate.py

Each case is computed by libxml2's node-set function, called directly. Where lxml can express it (the root element, no
omission), lxml must give the same octets; where a signature is involved, so must xmlsec1's pre-digest buffer.
"""
import ctypes
import ctypes.util
import io
import json
import pathlib
import subprocess
import tempfile

from lxml import etree

HERE = pathlib.Path(__file__).resolve().parent
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
INC = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INC11 = "http://www.w3.org/2006/12/xml-c14n11"
MODES = {INC: 0, EXC: 1, INC11: 2}
DS = "http://www.w3.org/2000/09/xmldsig#"

xml2 = ctypes.CDLL(ctypes.util.find_library("xml2"))
for name in ("xmlReadMemory", "xmlXPathNewContext", "xmlXPathEvalExpression"):
    getattr(xml2, name).restype = ctypes.c_void_p


class XPathObject(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("nodeset", ctypes.c_void_p)]


def method_parts(uri):
    """The identifier without its comments suffix, and whether it has one."""
    base = uri.removesuffix("WithComments")
    return base if base in MODES else base.removesuffix("#"), base != uri


def libxml2_c14n(source, apex, omit, uri, prefixes):
    """Canonical octets of the subtree of the element with this ID (or of the root), less another subtree."""
    base, comments = method_parts(uri)
    data = source.encode()
    doc = ctypes.c_void_p(xml2.xmlReadMemory(data, len(data), None, None, 0))
    assert doc, source
    select = f"ancestor-or-self::*[@ID='{apex}']" if apex else "ancestor-or-self::*"
    if omit:
        select += f" and not(ancestor-or-self::*[@ID='{omit}'])"
    context = ctypes.c_void_p(xml2.xmlXPathNewContext(doc))
    expression = f"(//. | //@* | //namespace::*)[{select}]".encode()
    found = ctypes.c_void_p(xml2.xmlXPathEvalExpression(expression, context))
    nodes = ctypes.cast(found, ctypes.POINTER(XPathObject)).contents.nodeset
    listed = ((ctypes.c_char_p) * (len(prefixes) + 1))(*[(p or "#default").encode() for p in prefixes], None)
    out = ctypes.c_char_p()
    size = xml2.xmlC14NDocDumpMemory(
        doc, ctypes.c_void_p(nodes), MODES[base], listed if prefixes else None, int(comments), ctypes.byref(out)
    )
    assert size >= 0, source
    return ctypes.string_at(out, size)


def lxml_c14n(source, uri, prefixes):
    base, comments = method_parts(uri)
    root = etree.fromstring(source.encode())
    out = io.BytesIO()
    # A copy of the root has no siblings, so that comments around it stay out.
    tree = etree.ElementTree(etree.fromstring(etree.tostring(root, with_tail=False, encoding="UTF-8")))
    listed = [p or "#default" for p in prefixes] or None
    tree.write_c14n(out, exclusive=base == EXC, with_comments=comments, inclusive_ns_prefixes=listed)
    return out.getvalue()


def xmlsec1_predigest(source, element):
    """Signs with a fresh key and reads the octets that xmlsec1 digested. `source` has one Signature template."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        key, document = folder / "key.pem", folder / "in.xml"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        document.write_bytes(source.encode())
        command = ["xmlsec1", "--sign", "--privkey-pem", key, "--id-attr:ID", element, "--store-references"]
        command += ["--print-debug", "--output", folder / "out.xml", document]
        run = subprocess.run(command, capture_output=True, check=True)
        output = run.stdout + run.stderr
        start = output.index(b"== PreDigest data - start buffer:\n") + len(b"== PreDigest data - start buffer:\n")
        end = output.index(b"\n== PreDigest data - end buffer", start)
        signed = (folder / "out.xml").read_bytes().decode()
        return output[start:end], signed


def template(uri, prefixes, apex):
    listed = " ".join(p or "#default" for p in prefixes)
    inner = f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="{listed}"/>' if prefixes else ""
    c14n = f'<ds:Transform Algorithm="{uri}">{inner}</ds:Transform>'
    return (
        f'<ds:Signature xmlns:ds="{DS}" ID="sig"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC}"/>'
        '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
        f'<ds:Reference URI="#{apex}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/>{c14n}</ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>'
        "</ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
    )


# name: (document, apex ID or None for the root, PrefixLists to try with the exclusive method)
DOCUMENTS = {
    "plain": ("<a><b>text</b><c/></a>", None, []),
    "spelling": ("<?xml version='1.0'?>\n<a  z = 'single'\n y=\"double\"   ><b x='1'></b ><c /></a  >\n", None, []),
    "namespace-redeclared": ('<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"/></p:b><p:d xmlns:p="urn:1"/></p:a>', None, [["p"]]),
    "namespace-redeclared-same": ('<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:1"><q xmlns:p="urn:1"/></p:b></p:a>', None, [["p"]]),
    "prefix-shadowed": ('<p:a xmlns:p="urn:1"><x xmlns:p="urn:2"><y ID="y"><p:z xmlns:p="urn:3"/><p:z/></y></x></p:a>', "y", [["p"]]),
    "default-namespace": ('<a xmlns="urn:d"><b/><c xmlns="urn:e"><d/></c><b/></a>', None, [[""]]),
    "default-undeclared": ('<a xmlns="urn:d"><b xmlns=""><c/><d xmlns="urn:d"><e xmlns=""/></d></b></a>', None, [[""]]),
    "default-undeclared-apex": ('<a xmlns="urn:d"><b xmlns="" ID="b"><c/><d xmlns="urn:d"/></b></a>', "b", [[""]]),
    "default-undeclared-inside": ('<r xmlns="urn:d" xmlns:p="urn:p"><p:a ID="a"><b/><p:c xmlns=""><d/><p:e/></p:c></p:a></r>', "a", [[""], ["p", ""]]),
    "default-never": ('<a xmlns=""><b xmlns=""><c xmlns="urn:c"><d xmlns=""/></c></b></a>', None, [[""]]),
    "unused-prefixes": ('<r xmlns:u="urn:u" xmlns:v="urn:v"><a ID="a" xmlns:w="urn:w"><b xmlns:x="urn:x"/><v:c/></a></r>', "a", [["u"], ["w", "x"], ["u", "v", "w", "x", "nobody"]]),
    "same-uri-two-prefixes": ('<p:a xmlns:p="urn:1" xmlns:q="urn:1" q:z="1" p:y="2"><q:b p:x="3"/></p:a>', None, [["q"]]),
    "same-uri-default-and-prefix": ('<a xmlns="urn:1" xmlns:p="urn:1"><p:b xmlns="urn:2"><c/></p:b><p:d/><e p:x=""/></a>', None, [["", "p"]]),
    "attribute-order": ('<a xmlns:z="urn:1" xmlns:y="urn:2" xmlns:x="urn:10" z:b="1" y:b="2" x:b="3" b="4" a="5" B="6" _="7" z:a="8" é="9"/>', None, []),
    "attribute-order-uri": ('<a xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" a:attr="1" b:attr="2" attr2="3" attr="4"/>', None, []),
    "declaration-order": ('<a xmlns:b="urn:b" xmlns:a="urn:a" xmlns="urn:d" xmlns:B="urn:B" xmlns:a1="urn:a1" a1:x="" b:x="" a:x="" B:x=""/>', None, [["b", "a"]]),
    "attribute-prefix-only": ('<r xmlns:p="urn:p" xmlns="urn:d"><a ID="a" p:x="1"><b p:y="2"/></a></r>', "a", [["p"], [""]]),
    "character-references": ("<a b='&#65;&#x42;&amp;&lt;&gt;&quot;&apos;&#x20;&#9;&#10;&#13;'>&#65;&#x42;&amp;&lt;&gt;&quot;&apos;&#9;&#10;&#13;&#x1F600;</a>", None, []),
    "references-long": ("<a b='&#0000000065;&#x0000041;'>&#0000000065;&#x00000d;</a>", None, []),
    "white-space-in-attributes": ("<a b=' 1\t2\n3  4 ' c='\r\n5\r6\n\r7' d='&#xD;&#xA;'/>", None, []),
    "line-ends": ("<a>\r\n1\r2\n3\r\r\n4\n\r5<b>\r</b>\r\n<![CDATA[\r\n6\r7]]>\r</a>", None, []),
    "cdata": ("<a>1<![CDATA[<x>&amp;]]]]><![CDATA[>]]>2<![CDATA[]]><b><![CDATA[only]]></b></a>", None, []),
    "greater-than": ("<a b='>' c=\"'\" d='\"'>></a>", None, []),
    "astral": ("<a é='\U0001F600&#x1F601;'>\U0001F600&#x10FFFF;\uFFFD\u00A0\u2028<名 前='値'/></a>", None, []),
    "comments": ("<!-- before --><a><!-- one -->1<!---->2<b><!--\r\ntwo & < > --></b></a><!-- after -->", None, []),
    "comments-subtree": ("<r><!-- out --><a ID='a'>x<!-- in -->y<b/><!-- in too --></a><!-- out --></r>", "a", []),
    "white-space": ("<a>\n  <b>  </b>\n\t<c>\n</c>   </a>", None, []),
    "empty-elements": ("<a><b/><b /><b></b><b\n/></a>", None, []),
    "xml-attributes": ("<r xml:lang='de' xml:space='preserve'><m xml:lang='fr'><a ID='a' xml:space='default'><b xml:lang='de'/></a></m></r>", "a", []),
    "xml-id": ("<r xml:id='r1' xml:lang='de'><a ID='a'><b xml:id='b1'/></a></r>", "a", []),
    "xml-id-own": ("<r xml:id='r1'><a ID='a' xml:id='a1' z='1' B='2'/></r>", "a", []),
    "xml-base-one": ("<r xml:base='http://example.org/x/'><m><a ID='a'/></m></r>", "a", []),
    "xml-base-own": ("<r><a ID='a' xml:base='sub/'><b xml:base='../c/'/></a></r>", "a", []),
    "xml-declared": ("<r xmlns:xml='http://www.w3.org/XML/1998/namespace'><a ID='a' xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='de'/></r>", "a", [["xml"]]),
    "xml-other-attributes": ("<r xml:foo='1'><m xml:foo='2' xml:bar='3'><a ID='a' xmlns:p='urn:p' p:x='1' x='2'/></m></r>", "a", []),
    "deep-apex": (
        '<a xmlns="urn:a" xmlns:p="urn:p1"><b xmlns:q="urn:q1"><c xmlns="urn:c" xmlns:p="urn:p2"><d xmlns:r="urn:r">'
        '<p:e ID="e" q:x="1"><f/><q:g xmlns:q="urn:q2"><q:h/></q:g><q:i/></p:e></d></c></b></a>', "e", [["p"], ["q", "r"], ["", "p", "q", "r"]]),
    "sibling-uses": ('<r xmlns:p="urn:p"><a ID="a"><p:b/><p:b><p:c/></p:b><d><p:e/></d><p:b/></a></r>', "a", [["p"]]),
    "prefix-list-redeclared": ('<r xmlns:p="urn:1"><a ID="a"><b xmlns:p="urn:2"><c xmlns:p="urn:1"/><p:d/></b><p:e/></a></r>', "a", [["p"]]),
    "prefix-list-white-space": ('<r xmlns:p="urn:1" xmlns:q="urn:2"><a ID="a"/></r>', "a", [["p", "q"]]),
    "long-names": ('<' + 'a' * 300 + ':b xmlns:' + 'a' * 300 + '="urn:' + 'u' * 500 + '" ' + 'c' * 400 + '="1"/>', None, []),
    "many-attributes": ('<a ' + ' '.join(f'a{i * 7 % 40}="{i}"' for i in range(40)) + '/>', None, []),
    "type-value": ('<s:A xmlns:s="urn:s" xmlns:xs="http://www.w3.org/2001/XMLSchema"><s:V ID="v" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">x</s:V></s:A>', "v", [["xs"]]),
    "bom-and-declaration": ('\uFEFF<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<a ID="a">é</a>', None, []),
}

# Enveloped signatures: (document with %s where the template goes, element with the ID, its ID, method, PrefixList).
SAMLP, SAML = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
SIGNED = {
    "signed-exclusive": (f'<p:Response xmlns:p="{SAMLP}" xmlns:a="{SAML}" ID="r1" z="1"><a:Issuer>i</a:Issuer>%s<p:Status/></p:Response>', "Response", "r1", EXC, []),
    "signed-assertion": (f'<p:Response xmlns:p="{SAMLP}" ID="r2"><a:Assertion xmlns:a="{SAML}" ID="a2"><a:Issuer>i</a:Issuer>%s<a:Subject/></a:Assertion></p:Response>', "Assertion", "a2", EXC, []),
    "signed-prefix-list-from-response": (f'<p:Response xmlns:p="{SAMLP}" xmlns:xs="urn:xs" ID="r3"><a:Assertion xmlns:a="{SAML}" ID="a3"><a:V t="xs:string">v</a:V>%s</a:Assertion></p:Response>', "Assertion", "a3", EXC, ["xs"]),
    "signed-inclusive": (f'<p:Response xmlns:p="{SAMLP}" xmlns:u="urn:u" xml:lang="de" ID="r4"><a:Assertion xmlns:a="{SAML}" ID="a4">%s\n <a:Subject/>\r\n</a:Assertion></p:Response>', "Assertion", "a4", INC, []),
    "signed-inclusive-11": (f'<p:Response xmlns:p="{SAMLP}" xmlns:u="urn:u" xml:lang="de" xml:id="x" ID="r5"><a:Assertion xmlns:a="{SAML}" ID="a5">%s<a:Subject/></a:Assertion></p:Response>', "Assertion", "a5", INC11, []),
    "signed-default-namespace": (f'<Response xmlns="{SAMLP}" ID="r6"><Assertion xmlns="{SAML}" ID="a6"><Issuer>i</Issuer>%s<x xmlns=""/></Assertion></Response>', "Assertion", "a6", EXC, ["", "ds"]),
    "signed-comments-around": (f'<p:R xmlns:p="{SAMLP}" ID="r7"><!-- 1 -->t<!-- 2 -->%s<!-- 3 -->u&amp;<![CDATA[<]]></p:R>', "R", "r7", EXC, []),
    "signed-digit-id": (f'<p:R xmlns:p="{SAMLP}" ID="1digit">%s<p:S/></p:R>', "R", "1digit", EXC, []),
}


def main():
    folder = HERE / "c14n"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    count = 0
    for name, (source, apex, lists) in DOCUMENTS.items():
        cases = []
        for base, suffix in ((EXC, "WithComments"), (INC, "#WithComments"), (INC11, "#WithComments")):
            variants = [(base, [])] + ([(base + suffix, [])] if "<!--" in source else [])
            variants += [(base, prefixes) for prefixes in lists] if base == EXC else []
            for uri, prefixes in variants:
                expected = libxml2_c14n(source, apex, None, uri, prefixes)
                # libxml2's node set of everything has the comments around the root; a subtree has not.
                if not apex:
                    expected = expected[expected.index(f"<{etree.fromstring(source.encode()).xpath('name()')}".encode()) :]
                    last = expected.rindex(b"</")
                    expected = expected[: expected.index(b">", last) + 1]
                producers = ["libxml2"]
                # lxml has no 1.1, and drops "#default" from a PrefixList.
                if not apex and base != INC11 and "" not in prefixes:
                    assert lxml_c14n(source, uri, prefixes) == expected, (name, uri, lxml_c14n(source, uri, prefixes), expected)
                    producers.append("lxml")
                cases.append({"method": uri, "prefixes": prefixes, "producers": producers, "expected": expected.decode()})
        write(folder, name, {"input": source, "apex": apex, "omit": None, "cases": cases})
        count += len(cases)
    for name, (text, element, apex, uri, prefixes) in SIGNED.items():
        namespace = SAMLP if element.startswith("R") else SAML
        octets, signed = xmlsec1_predigest(text % template(uri, prefixes, apex), f"{namespace}:{element}")
        expected = libxml2_c14n(signed, apex, "sig", uri, prefixes)
        assert octets == expected, (name, octets, expected)
        case = {"method": uri, "prefixes": prefixes, "producers": ["libxml2", "xmlsec1"], "expected": expected.decode()}
        write(folder, name, {"input": signed, "apex": apex, "omit": "sig", "cases": [case]})
        count += 1
    print(count, "pairs; libxml2", etree.LIBXML_VERSION, "in lxml;", subprocess.run(["xmlsec1", "--version"], capture_output=True, text=True).stdout.strip())


def write(folder, name, record):
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1, ensure_ascii=True) + "\n")


main()
