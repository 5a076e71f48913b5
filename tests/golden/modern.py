#!/usr/bin/env python3
"""Makes the golden messages whose algorithms older programs do not have: RSA-PSS, and RSA-OAEP of XML Encryption 1.1.

  tests/golden/modern.py [FOLDER]      needs the program openssl, and a python with `pip install xmlsec lxml` (whose wheel
                                       has a libxmlsec1 1.3 inside); keys are fresh, those that decrypt stand in the messages

Each message becomes FOLDER/<name>.json, in the form of tests/interop/recorded. The library that made it has verified and
decrypted it again before it is written.
"""
import base64
import datetime
import json
import os
import sys
import tempfile

import xmlsec
from lxml import etree

from make import ACS, DIGEST, DS, IDP, NOW, REQUEST, SAML, SAMLP, SP, assertion, response, run, template

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
PSS = "http://www.w3.org/2007/05/xmldsig-more#{}-rsa-MGF1"
HASH = {"sha1": DS + "sha1", **DIGEST}


def signature(reference, digest, uri):
    """The template of a signature by the algorithm `uri`."""
    return template(reference, digest=digest).replace(f"{MORE}rsa-{digest}", uri)


def encryption(cipher, transport, digest=None, mgf=None, label=None):
    """The template of an EncryptedData with an EncryptedKey in its KeyInfo."""
    parts = "" if label is None else f"<xenc:OAEPparams>{label}</xenc:OAEPparams>"
    parts += "" if digest is None else f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{HASH[digest]}"/>'
    parts += "" if mgf is None else f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{XENC11}mgf1{mgf}"/>'
    empty = "<xenc:CipherData><xenc:CipherValue/></xenc:CipherData>"
    return (f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element"><xenc:EncryptionMethod Algorithm="{cipher}"/>'
            f'<ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{transport}">{parts}'
            f'</xenc:EncryptionMethod>{empty}</xenc:EncryptedKey></ds:KeyInfo>{empty}</xenc:EncryptedData>')


def cases():
    """(name, what it is about, digest of the signatures, their algorithm, what is signed, template of the encryption)"""
    for digest in DIGEST:
        yield f"rsa-pss-{digest}", f"RSA-PSS with {digest}", digest, PSS.format(digest), ("response", "assertion"), None
    rsa = ("sha256", MORE + "rsa-sha256")
    gcm = {bits: f"{XENC11}aes{bits}-gcm" for bits in (128, 192, 256)}
    mgf1p, oaep = XENC + "rsa-oaep-mgf1p", XENC11 + "rsa-oaep"
    for name, what, signed, encrypted in (
        ("mgf1p-sha256", "rsa-oaep-mgf1p with a SHA-256 digest, whose MGF1 stays with SHA-1", ["assertion"], encryption(gcm[128], mgf1p, "sha256")),
        ("defaults", "rsa-oaep of XML Encryption 1.1 with nothing said: SHA-1 twice", ["response"], encryption(gcm[128], oaep)),
        ("sha256-mgf1-sha1", "rsa-oaep with SHA-256 and MGF1 with SHA-1", ["assertion"], encryption(gcm[128], oaep, "sha256", "sha1")),
        ("sha256-mgf1-sha256", "rsa-oaep with SHA-256 twice", ["response"], encryption(gcm[192], oaep, "sha256", "sha256")),
        ("sha384-mgf1-sha384", "rsa-oaep with SHA-384 twice", ["response", "assertion"], encryption(gcm[256], oaep, "sha384", "sha384")),
        ("sha512-mgf1-sha512", "rsa-oaep with SHA-512 twice", ["assertion"], encryption(gcm[256], oaep, "sha512", "sha512")),
        ("sha1-mgf1-sha256", "rsa-oaep with SHA-1 and MGF1 with SHA-256", ["response"], encryption(gcm[128], oaep, "sha1", "sha256")),
        ("label", "rsa-oaep with a label", ["assertion"], encryption(gcm[192], oaep, "sha256", "sha256", label="bGFiZWw=")),
        ("aes192-cbc", "AES-192-CBC under the Response's signature", ["response"], encryption(XENC + "aes192-cbc", mgf1p, "sha1")),
    ):
        yield "encrypted-" + name, what, *rsa, signed, encrypted
    yield ("encrypted-rsa-pss-sha256", "RSA-PSS outside and inside, rsa-oaep with SHA-256 twice between", "sha256", PSS.format("sha256"),
           ["response", "assertion"], encryption(gcm[256], oaep, "sha256", "sha256"))


def sign(element, keys):
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(f"{keys}/idp.key", xmlsec.constants.KeyDataFormatPem)
    context.register_id(element, "ID")
    context.sign(element.find(f"{{{DS}}}Signature"))


def verify(element, keys):
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(f"{keys}/idp.crt", xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(element, "ID")
    context.verify(element.find(f"{{{DS}}}Signature"))


def encrypt(parent, element, template, keys):
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_file(f"{keys}/sp.crt", xmlsec.constants.KeyDataFormatCertPem))
    context = xmlsec.EncryptionContext(manager)
    bits = int("".join(filter(str.isdigit, template.split('Algorithm="', 1)[1].split('"', 1)[0].rsplit("#", 1)[1])))
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, bits, xmlsec.constants.KeyDataTypeSession)
    holder = etree.SubElement(parent, f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML})
    parent.replace(element, holder)
    holder.append(element)
    context.encrypt_xml(etree.fromstring(template), element)
    return holder


def decrypt(holder, keys):
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_file(f"{keys}/sp.key", xmlsec.constants.KeyDataFormatPem))
    return xmlsec.EncryptionContext(manager).decrypt(holder[0])


def message(digest, uri, signed, encrypted, keys):
    """One Response as text, checked by the library that made it."""
    inner = assertion(signature("_a1", digest, uri) if "assertion" in signed else "")
    root = etree.fromstring(response(inner, signature("_r1", digest, uri) if "response" in signed else ""))
    element = root.find(f"{{{SAML}}}Assertion")
    if "assertion" in signed:
        sign(element, keys)
    if encrypted:
        encrypt(root, element, encrypted, keys)
    if "response" in signed:
        sign(root, keys)
    text = etree.tostring(root, encoding="unicode")
    again = etree.fromstring(text)
    if "response" in signed:
        verify(again, keys)
    element = decrypt(again.find(f"{{{SAML}}}EncryptedAssertion"), keys) if encrypted else again.find(f"{{{SAML}}}Assertion")
    if "assertion" in signed:
        verify(element, keys)
    assert element.find(f"{{{SAML}}}Subject/{{{SAML}}}NameID").text == "ada"
    return text


def body(path):
    return "".join(open(path).read().splitlines()[1:-1])


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    os.makedirs(folder, exist_ok=True)
    library = ".".join(map(str, xmlsec.get_libxmlsec_version()))
    with tempfile.TemporaryDirectory() as keys:
        for name in ("idp", "sp"):
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", f"/CN=golden {name}",
                "-keyout", f"{keys}/{name}.key", "-out", f"{keys}/{name}.crt")
        metadata = (f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP}"><md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">'
                    f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{body(f"{keys}/idp.crt")}</ds:X509Certificate></ds:X509Data>'
                    f'</ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
                    f'Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>')
        for name, what, digest, uri, signed, encrypted in cases():
            text = message(digest, uri, signed, encrypted, keys)
            recording = {
                "provenance": {"product": "libxmlsec1", "version": f"{library}, python-xmlsec {xmlsec.__version__}", "date": datetime.date.today().isoformat(),
                               "options": {"about": what}},
                "sp": {"entity_id": SP, "acs_url": ACS, **({"decryption_key": open(f"{keys}/sp.key").read()} if encrypted else {})},
                "idp_metadata": metadata,
                "request": {"id": REQUEST},
                "answer": {"SAMLResponse": base64.b64encode(text.encode()).decode(), "RelayState": None},
                "now": NOW,
                "expect": {"name_id": "ada", "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                           "attributes": {"mail": ["ada@example.org"]}, "session_index": "s-1", "signed": list(signed)},
            }
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
                json.dump(recording, file, indent=1, ensure_ascii=False)
                file.write("\n")
            print(f"{name}: {what}")


if __name__ == "__main__":
    main()
