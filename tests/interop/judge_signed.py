#!/usr/bin/env python3
"""Judges for the signatures of our requests, one of each algorithm.

  judge_signed.py EMITTED      (a python with tests/golden/requirements.txt; the programs xmlsec1 and openssl)

EMITTED holds what `SAML_SP_EMIT=EMITTED cargo test --test signed_requests` writes: signed-NAME.xml, the message of a POST, is
for libxmlsec1 1.3 and, where it has the algorithm, for the xmlsec1 program; signed-NAME.url, a Redirect URL, is for openssl;
signed-NAME.crt has the key. Each judge must also refuse the same with one thing altered. Exit status 1 when one says another thing.
"""
import base64
import glob
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

import xmlsec
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
REQUEST = "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest"
# The program may be of 2022: neither RSA-PSS nor EdDSA, which libxmlsec1 1.3 has no key format for either.
OLD = re.compile("rsa-sha|ecdsa-sha")


def libxmlsec(xml, certificate):
    root = etree.fromstring(xml)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(certificate, xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(root, "ID")
    try:
        context.verify(root.find(f"{DS}Signature"))
    except xmlsec.Error:
        return False
    return True


def program(xml, certificate):
    command = ["xmlsec1", "--verify", "--pubkey-cert-pem", certificate, "--id-attr:ID", REQUEST, "/dev/stdin"]
    return subprocess.run(command, input=xml, capture_output=True).returncode == 0


def der(signature):
    """r and s of XML Signature as the SEQUENCE that openssl reads."""
    half = len(signature) // 2
    parts = b""
    for part in (signature[:half], signature[half:]):
        part = part.lstrip(b"\0") or b"\0"
        part = b"\0" + part if part[0] >= 0x80 else part
        parts += bytes([2, len(part)]) + part
    return bytes([0x30, len(parts)]) + parts


def openssl(octets, name, signature, certificate):
    with tempfile.TemporaryDirectory() as folder:
        def file(name, content):
            with open(os.path.join(folder, name), "wb") as out:
                out.write(content)
            return out.name
        key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], stdout=subprocess.PIPE, check=True).stdout
        key, octets = file("key", key), file("octets", octets)
        if "ed25519" in name:
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", octets, "-sigfile", file("signature", signature)]
        else:
            digest = "-" + re.search(r"sha\d+", name)[0]
            command = ["openssl", "dgst", digest, "-verify", key, "-signature", file("signature", der(signature) if "ecdsa" in name else signature)]
            if "MGF1" in name:
                command += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-sigopt", f"rsa_mgf1_md:{digest[1:]}"]
            command.append(octets)
        return subprocess.run(command, capture_output=True).returncode == 0


def verdicts(stem, name):
    """(judge, whether it took the request, whether it took the altered one)"""
    certificate = stem + ".crt"
    with open(stem + ".xml", "rb") as file:
        xml = file.read()
    other = xml.replace(b' Version="2.0"', b' Version="2.1"', 1)
    assert other != xml
    if "ed25519" not in name:
        yield "libxmlsec1", libxmlsec(xml, certificate), libxmlsec(other, certificate)
    if OLD.match(name):
        yield "xmlsec1", program(xml, certificate), program(other, certificate)
    with open(stem + ".url", encoding="ascii") as file:
        query = urllib.parse.urlsplit(file.read().strip()).query
    octets, _, value = query[query.index("SAMLRequest="):].partition("&Signature=")
    signature = base64.b64decode(urllib.parse.unquote(value), validate=True)
    yield "openssl", openssl(octets.encode(), name, signature, certificate), openssl(octets.encode() + b"x", name, signature, certificate)


def main():
    stems = sorted(path[:-len(".crt")] for path in glob.glob(os.path.join(sys.argv[1], "signed-*.crt")))
    bad = len(stems) < 10
    for stem in stems:
        name = os.path.basename(stem).removeprefix("signed-")
        for judge, taken, altered in verdicts(stem, name):
            right = taken and not altered
            bad |= not right
            print(f"{'ok ' if right else 'BAD'} {name}: {judge} {'takes' if taken else 'REFUSES'} it, {'TAKES' if altered else 'refuses'} it altered")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
