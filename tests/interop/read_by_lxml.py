#!/usr/bin/env python3
"""Reads the octets that were signed with lxml, and compares with what the library read.

  read_by_lxml.py FOLDER        (a python with lxml)

FOLDER holds NAME.xml and NAME.json, as tests/interop.rs and tests/attacks write them. Exit status 1 where a value differs.
"""
import glob
import json
import os
import sys

from lxml import etree

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def read(path):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    root = etree.parse(path, parser).getroot()
    # xml:id is of no concern to SAML, whatever stands in it.
    flaws = [flaw.message for flaw in parser.error_log if not flaw.message.startswith("xml:id")]
    if flaws:
        raise ValueError(f"{path}: {flaws}")
    # What was encrypted stands in its holder, opened.
    assertion = root if root.tag == SAML + "Assertion" else either(root, "EncryptedAssertion", "Assertion")[0]
    names = either(assertion.find(SAML + "Subject"), "EncryptedID", "NameID")
    attributes = {}
    for statement in assertion.iterfind(SAML + "AttributeStatement"):
        for attribute in either(statement, "EncryptedAttribute", "Attribute"):
            values = attributes.setdefault(attribute.get("Name"), [])
            for value in attribute.iterfind(SAML + "AttributeValue"):
                values.append(None if value.get(NIL) in ("true", "1") else "".join(value.itertext()).strip(" \t\r\n"))
    name = names[0] if names else None
    return {"name_id": None if name is None else name.text, "format": None if name is None else name.get("Format"),
            "attributes": attributes}


def either(parent, holder, name):
    """The children of this name, those in their holders too, in the order in which they stand."""
    holders = {SAML + name: lambda child: child, SAML + holder: lambda child: child.find(SAML + name)}
    return [holders[child.tag](child) for child in parent if child.tag in holders]


def main():
    files = sorted(glob.glob(os.path.join(sys.argv[1], "*.xml")))
    different = 0
    for path in files:
        with open(path[:-4] + ".json", encoding="utf-8") as file:
            ours = json.load(file)
        theirs = read(path)
        if ours != theirs:
            different += 1
            print(f"{path}: we read {ours}, lxml reads {theirs}")
    print(f"lxml read {len(files)} messages, {different} differently")
    return int(different > 0 or len(files) < 500)


if __name__ == "__main__":
    sys.exit(main())
