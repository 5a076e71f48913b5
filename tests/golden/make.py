#!/usr/bin/env python3
"""Makes the golden messages: Responses signed by the xmlsec1 program, with the bytes it canonicalized.

  tests/golden/make.py [FOLDER]        needs the programs xmlsec1 and openssl; keys are fresh and thrown away

Each message becomes FOLDER/<name>.json, in the form of tests/interop/recorded, and in addition `canonical`: for each
signature, what xmlsec1 hashed (the Reference's octets and SignedInfo's). Where a message is edited after it was signed, the
edit does not change its canonical form, and xmlsec1 has verified the edited text.
"""
import base64
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

SP, ACS, IDP, NOW = "https://sp.example/saml", "https://sp.example/saml/acs", "https://idp.example/metadata", "2026-01-15T12:00:00Z"
REQUEST = "_7d3c0e7a1f0b4f6c9d2e5a8b7c6d5e4f3a2b1c0d"
SAMLP, SAML = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
DS, EC = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/10/xml-exc-c14n#"
EXCLUSIVE, INCLUSIVE, INCLUSIVE11 = EC, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"
COMMENTS = {EXCLUSIVE: EC + "WithComments", INCLUSIVE: INCLUSIVE + "#WithComments", INCLUSIVE11: INCLUSIVE11 + "#WithComments"}
DIGEST = {"sha256": "http://www.w3.org/2001/04/xmlenc#sha256", "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
          "sha512": "http://www.w3.org/2001/04/xmlenc#sha512"}
KEYS = ("rsa", "p256", "p384", "p521")


def algorithm(key, digest):
    return f"http://www.w3.org/2001/04/xmldsig-more#{'rsa' if key == 'rsa' else 'ecdsa'}-{digest}"


def template(reference, c14n=EXCLUSIVE, how=EXCLUSIVE, prefixes=None, key="rsa", digest="sha256", prefix="ds:", info_prefixes=None, space=""):
    """A ds:Signature for xmlsec1 to fill in. c14n: the transform (None: enveloped-signature only); how: SignedInfo's."""
    def listed(names):
        return "" if names is None else f'<ec:InclusiveNamespaces xmlns:ec="{EC}" PrefixList="{names}"/>'
    p = prefix
    declared = f'xmlns{":" + p[:-1] if p else ""}="{DS}"'
    second = "" if c14n is None else f'<{p}Transform Algorithm="{c14n}">{listed(prefixes)}</{p}Transform>'
    return (f'<{p}Signature {declared}>{space}<{p}SignedInfo>{space}<{p}CanonicalizationMethod Algorithm="{how}">{listed(info_prefixes)}</{p}CanonicalizationMethod>'
            f'<{p}SignatureMethod Algorithm="{algorithm(key, digest)}"/>{space}<{p}Reference URI="#{reference}"><{p}Transforms>'
            f'<{p}Transform Algorithm="{DS}enveloped-signature"/>{second}</{p}Transforms><{p}DigestMethod Algorithm="{DIGEST[digest]}"/>'
            f'<{p}DigestValue/></{p}Reference></{p}SignedInfo><{p}SignatureValue/></{p}Signature>')


def attribute(name, *values, prefix="saml:"):
    inner = "".join(f"<{prefix}AttributeValue{v if v.startswith(' ') else '>' + v}</{prefix}AttributeValue>" for v in values)
    return f'<{prefix}Attribute Name="{name}">{inner}</{prefix}Attribute>'


def assertion(signature="", attributes=None, aid="_a1", prefix="saml:", declared=None, extra="", subject_extra="", name_id="ada", after="", space=""):
    p = prefix
    declared = f'xmlns{":" + p[:-1] if p else ""}="{SAML}"' if declared is None else declared
    attributes = attribute("mail", "ada@example.org", prefix=p) if attributes is None else attributes
    statement = f"<{p}AttributeStatement>{attributes}</{p}AttributeStatement>" if attributes else ""
    return (f'<{p}Assertion {declared} Version="2.0" ID="{aid}" IssueInstant="2026-01-15T11:59:50Z"{extra}>{space}<{p}Issuer>{IDP}</{p}Issuer>{signature}'
            f'<{p}Subject>{subject_extra}<{p}NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">{name_id}</{p}NameID>'
            f'<{p}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><{p}SubjectConfirmationData InResponseTo="{REQUEST}" '
            f'NotOnOrAfter="2026-01-15T12:05:00Z" Recipient="{ACS}"/></{p}SubjectConfirmation></{p}Subject>{space}'
            f'<{p}Conditions NotBefore="2026-01-15T11:55:00Z" NotOnOrAfter="2026-01-15T12:05:00Z"><{p}AudienceRestriction><{p}Audience>{SP}</{p}Audience>'
            f'</{p}AudienceRestriction></{p}Conditions><{p}AuthnStatement AuthnInstant="2026-01-15T11:59:40Z" SessionIndex="s-1"><{p}AuthnContext>'
            f'<{p}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</{p}AuthnContextClassRef></{p}AuthnContext></{p}AuthnStatement>'
            f"{statement}{after}</{p}Assertion>")


def response(inner, signature="", declared="", rid="_r1", extra="", issuer=None, before="", after=""):
    issuer = f'<saml:Issuer xmlns:saml="{SAML}">{IDP}</saml:Issuer>' if issuer is None else issuer
    return (f'{before}<samlp:Response xmlns:samlp="{SAMLP}"{declared} ID="{rid}" Version="2.0" IssueInstant="2026-01-15T11:59:50Z" '
            f'Destination="{ACS}" InResponseTo="{REQUEST}"{extra}>{issuer}{signature}'
            f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{inner}</samlp:Response>{after}')


XS, XSI = "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/2001/XMLSchema-instance"
TYPED = f' xmlns:xsi="{XSI}" xmlns:xs="{XS}" xsi:type="xs:string">'


def cases():
    """(name, what it is about, document, key, edits after signing, expected attributes, expected NameID)"""
    def case(name, what, document, key="rsa", edits=(), attributes=None, name_id="ada"):
        return name, what, document, key, edits, {"mail": ["ada@example.org"]} if attributes is None else attributes, name_id

    both = lambda **a: response(assertion(template("_a1", **a)), template("_r1", **a))
    yield case("both-exclusive", "response and assertion signed, exclusive canonicalization", both())
    yield case("both-inclusive-1-0", "response and assertion signed, inclusive canonicalization 1.0", both(c14n=INCLUSIVE, how=INCLUSIVE))
    yield case("both-inclusive-1-1", "response and assertion signed, inclusive canonicalization 1.1", both(c14n=INCLUSIVE11, how=INCLUSIVE11))
    yield case("enveloped-only", "enveloped-signature is the only transform: inclusive 1.0 without comments", both(c14n=None))
    yield case("inclusive-inside-exclusive", "inclusive inside, under an exclusive outer one",
               response(assertion(template("_a1", c14n=INCLUSIVE, how=INCLUSIVE)), template("_r1"), declared=f' xmlns:unused="urn:example:unused" xmlns:xs="{XS}"'))
    yield case("exclusive-inside-inclusive", "exclusive inside, under an inclusive outer one",
               response(assertion(template("_a1")), template("_r1", c14n=INCLUSIVE, how=INCLUSIVE), declared=f' xmlns:unused="urn:example:unused" xmlns:xs="{XS}"'))
    yield case("prefix-list-from-response", "both signed with a PrefixList that names a prefix declared on the Response only",
               response(assertion(template("_a1", prefixes="xs"), attributes=attribute("mail", f' xmlns:xsi="{XSI}" xsi:type="xs:string">ada@example.org')),
                        template("_r1", prefixes="xs"), declared=f' xmlns:xs="{XS}"'))
    yield case("prefix-list-default", "a PrefixList with #default and a default namespace that nothing uses",
               response(assertion(template("_a1", prefixes="#default xs")), declared=f' xmlns="urn:example:default" xmlns:xs="{XS}"'))
    yield case("prefix-list-undeclared", "a PrefixList that names prefixes nobody declares", both(prefixes="nobody xs nothing"))
    yield case("prefix-list-on-signed-info", "a PrefixList on the CanonicalizationMethod of SignedInfo",
               response(assertion(template("_a1", info_prefixes="xs samlp", prefixes="xs")), declared=f' xmlns:xs="{XS}"'))
    yield case("default-namespace", "no prefix on assertion elements, ds as default namespace too",
               response(assertion(template("_a1", prefix=""), prefix=""), issuer=f'<Issuer xmlns="{SAML}">{IDP}</Issuer>'))
    yield case("redeclared-everywhere", "the same prefix declared anew on every element",
               response(re.sub(r"<saml:(\w+)", rf'<saml:\1 xmlns:saml="{SAML}"', assertion(template("_a1"), declared='xmlns:other="urn:example:other"')),
                        template("_r1")))
    yield case("prefix-rebound-inside", "a prefix that means something else further in, and again what it was",
               response(assertion(template("_a1"), attributes=attribute("mail", "ada@example.org") + attribute(
                   "structure", '<saml:x xmlns:saml="urn:example:other" saml:b="2" saml:a="1"><y xmlns="urn:example:y"><z xmlns=""/></y>'
                   f'<saml:w xmlns:saml="{SAML}"/></saml:x>')), template("_r1")), attributes={"mail": ["ada@example.org"]})
    yield case("default-undeclared-inside", 'xmlns="" inside a default namespace, under inclusive canonicalization',
               response(assertion(template("_a1", c14n=INCLUSIVE, how=INCLUSIVE, prefix=""), prefix="", attributes=attribute("mail", "ada@example.org", prefix="") + attribute(
                   "structure", '<x xmlns=""><y/></x>', prefix="")), template("_r1")), attributes={"mail": ["ada@example.org"]})
    yield case("xml-attributes-inclusive", "xml:lang and xml:space inherited from the Response, under inclusive canonicalization 1.0",
               response(assertion(template("_a1", c14n=INCLUSIVE, how=INCLUSIVE)), extra=' xml:lang="de" xml:space="preserve"'))
    yield case("xml-attributes-inclusive-1-1", "xml:lang and xml:space inherited, under inclusive canonicalization 1.1",
               response(assertion(template("_a1", c14n=INCLUSIVE11, how=INCLUSIVE11)), extra=' xml:lang="de" xml:space="preserve"'))
    yield case("xml-attributes-overridden", "xml:lang set again on the assertion, under inclusive canonicalization 1.0",
               response(assertion(template("_a1", c14n=INCLUSIVE, how=INCLUSIVE), extra=' xml:lang="fr"'), extra=' xml:lang="de"'))
    yield case("xml-attributes-exclusive", "xml:lang on the Response, which exclusive canonicalization leaves outside",
               response(assertion(template("_a1")), template("_r1"), extra=' xml:lang="de"'))
    yield case("attribute-order", "attributes out of order, with and without namespaces, and two prefixes for one namespace",
               response(assertion(template("_a1"), attributes=attribute("mail", "ada@example.org").replace("<saml:Attribute ",
                   '<saml:Attribute xmlns:z="urn:example:a" xmlns:a="urn:example:z" xmlns:b="urn:example:z" z:q="1" b:r="2" a:q="3" NameFormat="urn:example:f" FriendlyName="m" ')),
                        template("_r1")))
    yield case("character-references", "characters written as references, decimal and hexadecimal, in text and attributes",
               response(assertion(template("_a1"), attributes=attribute("mail", "ada@example.org") + attribute("name", "Ada é & <Ł> \"x\" 'y'".replace("&", "&amp;").replace("<", "&lt;"))), template("_r1")),
               edits=(("é", "&#233;"), ("Ł", "&#x141;"), ("@example", "&#64;example")), attributes={"mail": ["ada@example.org"], "name": ["Ada é & <Ł> \"x\" 'y'"]})
    yield case("white-space-in-values", "CR, LF and TAB in text and attributes, as references and as themselves",
               response(assertion(template("_a1"), attributes=attribute("mail", "ada@example.org").replace('<saml:Attribute ', '<saml:Attribute FriendlyName="a&#9;b&#10;c&#13;d  e" ')
                                  + attribute("lines", "one&#13;two\nthree\tfour&#13;\nfive")), template("_r1")),
               attributes={"mail": ["ada@example.org"], "lines": ["one\rtwo\nthree\tfour\r\nfive"]})
    yield case("crlf-document", "a document whose lines end in CR LF",
               response("\n" + assertion(template("_a1", space="\n "), space="\n  ") + "\n", template("_r1", space="\n\t")), edits=(("\n", "\r\n"),))
    yield case("comments-beside", "comments beside and inside signed elements, which never reach the octets",
               response("<!-- one -->" + assertion(template("_a1"), name_id="ada<!-- two -->.l", after="<!-- three -->") + "<!-- four -->", template("_r1"),
                        before="<!-- zero -->\n", after="\n<!-- five -->"), name_id="ada.l")
    yield case("comments-with-comments", "the WithComments variant as a transform: of a same-document reference comments are gone all the same",
               response(assertion(template("_a1", c14n=COMMENTS[EXCLUSIVE], how=COMMENTS[EXCLUSIVE]), name_id="ada<!-- two -->.l"),
                        template("_r1", c14n=COMMENTS[INCLUSIVE], how=COMMENTS[INCLUSIVE])), name_id="ada.l")
    yield case("comments-with-comments-1-1", "the WithComments variant of inclusive canonicalization 1.1",
               response(assertion(template("_a1", c14n=COMMENTS[INCLUSIVE11], how=COMMENTS[INCLUSIVE11]), after="<!-- x -->")))
    yield case("cdata", "CDATA sections, alone, between text, and with markup in them",
               response(assertion(template("_a1"), name_id="a<![CDATA[d]]>a", attributes=attribute("mail", "<![CDATA[ada@example.org]]>")
                                  + attribute("markup", "x<![CDATA[<b>&amp;]]>y")), template("_r1")), attributes={"mail": ["ada@example.org"], "markup": ["x<b>&amp;y"]})
    yield case("astral", "characters outside the Basic Multilingual Plane, as themselves and as references",
               response(assertion(template("_a1"), attributes=attribute("mail", "ada@example.org") + attribute("name", "𝒜𝒹𝒶 🦀 👩‍💻 e\u0301")), template("_r1")),
               edits=(("🦀", "&#x1F980;"), ("𝒜", "&#119964;")), attributes={"mail": ["ada@example.org"], "name": ["𝒜𝒹𝒶 🦀 👩‍💻 e\u0301"]})
    yield case("id-begins-with-digit", "IDs that begin with a digit, as several products send them",
               response(assertion(template("7d2c-a"), aid="7d2c-a"), template("42.r"), rid="42.r"))
    yield case("typed-values", "xsi:type with the schema prefix declared on the value, and xsi:nil",
               response(assertion(template("_a1"), attributes=attribute("mail", TYPED + "ada@example.org") + attribute("roles", TYPED + "a", TYPED + "b")), template("_r1")),
               attributes={"mail": ["ada@example.org"], "roles": ["a", "b"]})
    yield case("tag-white-space", "white space inside tags, single quotes, empty elements written out",
               response(assertion(template("_a1")), template("_r1")),
               edits=((' Version="2.0"', "\n\tVersion = '2.0'"), ("</saml:Audience>", "</saml:Audience\n>"), (" SessionIndex=", "\r\n  SessionIndex=")))
    yield case("unused-declarations-inclusive", "declarations that nothing uses, on every level, under inclusive canonicalization",
               response(assertion(template("_a1", c14n=INCLUSIVE, how=INCLUSIVE), declared=f'xmlns:saml="{SAML}" xmlns:b="urn:example:b" xmlns:a="urn:example:a2"'),
                        template("_r1", c14n=INCLUSIVE11, how=INCLUSIVE11), declared=' xmlns:c="urn:example:c" xmlns:a="urn:example:a1" xmlns="urn:example:d"'))
    yield case("assertion-only-inclusive-deep", "assertion signed alone: what it inherits belongs to its inclusive form",
               response(assertion(template("_a1", c14n=INCLUSIVE, how=EXCLUSIVE)), declared=' xmlns:zz="urn:example:zz" xmlns="urn:example:d"', extra=' xml:lang="en"'))
    yield case("response-only", "the Response alone is signed", response(assertion(), template("_r1")))
    for key, digest in (("rsa", "sha384"), ("rsa", "sha512"), *((k, d) for k in KEYS[1:] for d in DIGEST)):
        yield case(f"{key}-{digest}", f"{algorithm(key, digest).rsplit('#')[1]} with {key}", both(key=key, digest=digest), key=key)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


IDS = ["--id-attr:ID", f"{SAML}:Assertion", "--id-attr:ID", f"{SAMLP}:Response"]


def signatures(text):
    """XPath of the signatures of a document, the inner one first."""
    place = "//*[local-name()='{}']/*[local-name()='Signature']"
    inner = ["Assertion"] if re.search(r"<(\w+:)?Assertion\b.*<(\w+:)?Signature\b", text, re.S) else []
    outer = ["Response"] if re.search(r"<(\w+:)?Signature\b.*<samlp:Status>", text, re.S) else []
    return [(name.lower(), place.format(name)) for name in inner + outer]


def buffers(output, kind):
    found = re.findall(rb"== " + kind + rb" data - start buffer:\n(.*?)\n== " + kind + rb" data - end buffer", output, re.S)
    return [one.decode() for one in found]


def make(folder, keys):
    version = run("xmlsec1", "--version").decode().split()[1]
    certificates = "".join(
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>'
        + "".join(open(f"{keys}/{key}.crt").read().splitlines()[1:-1]) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>" for key in KEYS)
    metadata = (f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP}"><md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">{certificates}'
                f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>')
    pairs = 0
    for name, what, document, key, edits, attributes, name_id in cases():
        path = f"{keys}/message.xml"
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n' + document)
        for _, xpath in signatures(document):
            run("xmlsec1", "--sign", "--privkey-pem", f"{keys}/{key}.key", *IDS, "--node-xpath", xpath, "--output", path, path)
        text = open(path, encoding="utf-8", newline="").read()
        for old, new in edits:
            assert old in text, (name, old)
            text = text.replace(old, new)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        canonical = {}
        for element, xpath in signatures(document):
            output = run("xmlsec1", "--verify", "--pubkey-cert-pem", f"{keys}/{key}.crt", *IDS, "--node-xpath", xpath, "--store-references", "--store-signatures", "--print-debug", path)
            [reference], [signed_info] = buffers(output, b"PreDigest"), buffers(output, b"PreSigned")
            canonical[element] = {"reference": reference, "signed_info": signed_info}
            pairs += 2
        signed = [element for element in ("response", "assertion") if element in canonical]
        recording = {
            "provenance": {"product": "xmlsec1", "version": version, "date": datetime.date.today().isoformat(), "options": {"about": what}},
            "sp": {"entity_id": SP, "acs_url": ACS},
            "idp_metadata": metadata,
            "request": {"id": REQUEST},
            "answer": {"SAMLResponse": base64.b64encode(text.encode()).decode(), "RelayState": None},
            "now": NOW,
            "expect": {"name_id": name_id, "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "attributes": attributes,
                       "session_index": "s-1", "signed": signed},
            "canonical": canonical,
        }
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(recording, file, indent=1, ensure_ascii=False)
            file.write("\n")
    print(f"{pairs} canonical forms")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as keys:
        for key in KEYS:
            kind = ["-newkey", "rsa:2048"] if key == "rsa" else ["-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{key.replace('p', 'P-')}"]
            run("openssl", "req", "-x509", *kind, "-nodes", "-days", "3650", "-subj", f"/CN=golden {key}", "-keyout", f"{keys}/{key}.key", "-out", f"{keys}/{key}.crt")
        make(folder, keys)


if __name__ == "__main__":
    main()
