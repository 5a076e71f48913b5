#!/usr/bin/env python3
"""Reads the octets that were signed with lxml, and compares with what the library read.

  read_by_lxml.py FOLDER        (a python with lxml)

FOLDER holds NAME.xml and NAME.json, as tests/interop.rs writes them. Exit status 1 where a value differs.
"""
import glob
import json
import os
import sys

from lxml import etree

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def read(path):
    root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    assertion = root if root.tag == SAML + "Assertion" else next(root.iter(SAML + "Assertion"))
    # What was encrypted stands in its holder, opened.
    name_id = assertion.find(f"{SAML}Subject/{SAML}NameID")
    if name_id is None:
        name_id = assertion.find(f"{SAML}Subject/{SAML}EncryptedID/{SAML}NameID")
    attributes = {}
    for attribute in assertion.iterfind(f"{SAML}AttributeStatement//{SAML}Attribute"):
        values = attributes.setdefault(attribute.get("Name"), [])
        for value in attribute.iterfind(SAML + "AttributeValue"):
            values.append(None if value.get(NIL) in ("true", "1") else "".join(value.itertext()).strip(" \t\r\n"))
    return {"name_id": name_id.text, "format": name_id.get("Format"), "attributes": attributes}


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
    return int(different > 0 or len(files) < 80)


if __name__ == "__main__":
    sys.exit(main())
