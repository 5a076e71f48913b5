#!/usr/bin/env python3
"""Turns the captures of one scripted login into a recording: what was sent, when, by whom, and what it says.

The expected values are read here with Python's own XML parser, so that the recording does not repeat what the
library made of the message.
"""
import argparse
import base64
import datetime
import glob
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

NS = {"samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
      "xenc": "http://www.w3.org/2001/04/xmlenc#", "md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}


def captured(folder, kind):
    """The one captured message of that kind; a provider may carry it through a form of its own on the way."""
    messages = []
    for path in sorted(glob.glob(os.path.join(folder, f"*-{kind}.json"))):
        with open(path, encoding="utf-8") as file:
            messages.append(json.load(file))
    if len({message["fields"][kind] for message in messages}) != 1:
        sys.exit(f"{folder}: {len(messages)} messages of kind {kind}, expected one")
    return messages[0]


def is_encrypted(response):
    return any(response.find(path, NS) is not None for path in ("saml:EncryptedAssertion", "saml:Assertion/saml:Subject/saml:EncryptedID"))


def decrypted(message, key):
    """The Response, and what is encrypted in it opened by the xmlsec1 program and moved beside its holder."""
    opened = subprocess.run(["xmlsec1", "--decrypt", "--privkey-pem", key, "/dev/stdin"], input=message, capture_output=True)
    if opened.returncode:
        sys.exit(opened.stderr.decode())
    root = ET.fromstring(opened.stdout)
    for parent in (root, *root.iterfind("saml:Assertion/saml:Subject", NS)):
        for holder, content in (("saml:EncryptedAssertion", "saml:Assertion"), ("saml:EncryptedID", "saml:NameID")):
            parent.extend(parent.iterfind(f"{holder}/{content}", NS))
    return root


def said(response):
    """What the answer says about the user."""
    assertion = response.find("saml:Assertion", NS)
    name_id = assertion.find("saml:Subject/saml:NameID", NS)
    attributes = {}
    for attribute in assertion.iterfind("saml:AttributeStatement/saml:Attribute", NS):
        attributes.setdefault(attribute.get("Name"), []).extend(v.text or "" for v in attribute.iterfind("saml:AttributeValue", NS))
    return {"name_id": name_id.text, "name_id_format": name_id.get("Format"), "attributes": attributes,
            "session_index": assertion.find("saml:AuthnStatement", NS).get("SessionIndex"),
            "signed": [name for name, element in (("response", response), ("assertion", assertion)) if element.find("ds:Signature", NS) is not None]}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    for name in ("captures", "page", "options", "user", "code", "allow", "hint", "decryption-key", "sp-metadata", "idp-metadata", "product", "version"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("out")
    args = ap.parse_args()

    request = captured(args.captures, "SAMLRequest")
    answer = captured(args.captures, "SAMLResponse")
    request_xml = open(min(glob.glob(os.path.join(args.captures, "*-SAMLRequest.xml"))), encoding="utf-8").read()
    message = base64.b64decode(answer["fields"]["SAMLResponse"])
    response = ET.fromstring(message)
    encrypted = is_encrypted(response)
    if encrypted:
        response = decrypted(message, args.decryption_key)
    request_id = ET.fromstring(request_xml).get("ID")
    sp = ET.parse(args.sp_metadata).getroot()
    acs = sp.find("md:SPSSODescriptor/md:AssertionConsumerService", NS).get("Location")
    now = datetime.datetime.fromtimestamp(int(answer["time"]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    # The recording must be about the login that was asked for, before anybody relies on it.
    assert response.get("InResponseTo") == request_id, "the answer is for another request"
    assert answer["url"] == acs, f"the answer went to {answer['url']}, our ACS is {acs}"
    options = json.loads(args.options)
    assert encrypted == (options.get("encrypt", "none") not in (False, "none")), "encrypted, or not, against what was asked for"
    if args.code and not args.allow:
        expect = {"code": args.code, **({"hint": args.hint} if args.hint else {})}
    else:
        expect = said(response)
        # LemonLDAP::NG calls it "none" where the Assertion alone is signed.
        asked = {"both": ["response", "assertion"], "none": ["assertion"]}.get(options["sign"], [options["sign"]])
        assert expect["signed"] == asked, f"asked for {asked}, the provider signed {expect['signed']}"
        said_user = any(args.user in value for values in expect["attributes"].values() for value in values)
        assert said_user, f"not the attributes of {args.user}"
        page = open(args.page, encoding="utf-8").read()
        assert args.code or args.user in page or expect["name_id"] in page, f"{args.page} does not say who is signed in"
        if args.allow:
            expect = {"allow": args.allow, "code_without": args.code, **expect}

    recording = {
        "provenance": {"product": args.product, "version": args.version, "date": now[:10], "options": options},
        "sp": {"entity_id": sp.get("entityID"), "acs_url": acs,
               **({"decryption_key": open(args.decryption_key, encoding="utf-8").read()} if encrypted else {})},
        "idp_metadata": open(args.idp_metadata, encoding="utf-8").read(),
        "request": {"id": request_id, "binding": request["binding"], "xml": request_xml},
        "answer": {"SAMLResponse": answer["fields"]["SAMLResponse"], "RelayState": answer["fields"].get("RelayState")},
        "now": now,
        "expect": expect,
    }
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(recording, file, indent=1, ensure_ascii=False)
        file.write("\n")
    print(f"{args.out}: {expect.get('signed', expect.get('code'))}")


if __name__ == "__main__":
    main()
