#!/usr/bin/env python3
"""pysaml2 and the xmlsec1 program read our metadata.

  judge_metadata.py read FACTS.json METADATA.xml    every value, as pysaml2 reads it, is the one in FACTS
  judge_metadata.py verify METADATA.xml…            the signature verifies with the published certificate, by the xmlsec1
                                                    program and by pysaml2; of an altered document it does not

For a python with pysaml2. FACTS and METADATA are what tests/metadata_out/everything.rs writes. Exit status 1 when a judge
disagrees.
"""
import json
import logging
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from saml2 import config, sigver
from saml2.attribute_converter import ac_factory
from saml2.mdstore import MetaDataFile, MetadataStore

DS = "{http://www.w3.org/2000/09/xmldsig#}"
MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
REFEDS = "{http://refeds.org/metadata}contactType"
XMLSEC = sigver.get_xmlsec_binary(["/usr/bin", "/usr/local/bin"])


def number(value):
    return None if value is None else int(value)


def flag(value):
    return value == "true"


def texts(elements):
    return [element["text"] for element in elements or []]


def localized(elements):
    return [[element["lang"], element["text"]] for element in elements or []]


def extensions(holder, kind):
    """The extensions of this class, such as `ui&UIInfo`, in document order."""
    found = holder.get("extensions", {}).get("extension_elements", [])
    return [element for element in found if element["__class__"].endswith(kind)]


def key(descriptor):
    [data] = descriptor["key_info"]["x509_data"]
    return {
        "use": descriptor.get("use"),
        "certificate": "".join(data["x509_certificate"]["text"].split()),
        "encryption_methods": [
            [method["algorithm"], next((e["algorithm"] for e in method.get("extension_elements", []) if e["__class__"].endswith("DigestMethod")), None)]
            for method in descriptor.get("encryption_method", [])
        ],
    }


def attribute(requested):
    # What is not there means unspecified (core 2.7.3.1), which pysaml2 fills in.
    name_format = requested.get("name_format")
    return {
        "name": requested["name"],
        "name_format": None if name_format == "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified" else name_format,
        "friendly_name": requested.get("friendly_name"),
        "required": flag(requested.get("is_required")),
        "values": texts(requested.get("attribute_value")),
    }


def service(consuming):
    return {
        "index": number(consuming["index"]),
        "is_default": flag(consuming.get("is_default")),
        "names": localized(consuming["service_name"]),
        "descriptions": localized(consuming.get("service_description")),
        "attributes": [attribute(requested) for requested in consuming["requested_attribute"]],
    }


def contact(person):
    part = lambda name: person[name]["text"] if name in person else None
    extended = person.get(REFEDS) or (person.get("extension_attributes") or {}).get(REFEDS)
    return {
        "kind": person["contact_type"],
        "security": extended == "http://refeds.org/metadata/contactType/security",
        "company": part("company"), "given_name": part("given_name"), "surname": part("sur_name"),
        "emails": texts(person.get("email_address")),
        "telephones": texts(person.get("telephone_number")),
    }


def logo(element):
    return {"url": element["text"], "width": number(element["width"]), "height": number(element["height"]), "language": element.get("lang")}


def facts_of(entity):
    [role] = entity["spsso_descriptor"]
    [ui_info] = extensions(role, "ui&UIInfo")
    [entity_attributes] = extensions(entity, "attribute&EntityAttributes")
    organization = entity["organization"]
    return {
        "entity_id": entity["entity_id"],
        "valid_until": entity["valid_until"],
        "cache_duration": entity["cache_duration"],
        "authn_requests_signed": flag(role.get("authn_requests_signed")),
        "want_assertions_signed": flag(role.get("want_assertions_signed")),
        "keys": [key(descriptor) for descriptor in role["key_descriptor"]],
        "digest_methods": [method["algorithm"] for method in extensions(entity, "algsupport&DigestMethod")],
        "signing_methods": [
            {"algorithm": method["algorithm"], "least": number(method.get("min_key_size")), "most": number(method.get("max_key_size"))}
            for method in extensions(entity, "algsupport&SigningMethod")
        ],
        "name_id_formats": texts(role["name_id_format"]),
        "assertion_consumers": [
            {"location": acs["location"], "index": number(acs["index"]), "is_default": flag(acs.get("is_default"))}
            for acs in role["assertion_consumer_service"]
        ],
        "attribute_consuming_services": [service(consuming) for consuming in role["attribute_consuming_service"]],
        "organization": {
            "names": localized(organization["organization_name"]),
            "display_names": localized(organization["organization_display_name"]),
            "urls": localized(organization["organization_url"]),
        },
        "contacts": [contact(person) for person in entity["contact_person"]],
        "ui_info": {
            "display_names": localized(ui_info["display_name"]),
            "descriptions": localized(ui_info["description"]),
            "keywords": localized(ui_info["keywords"]),
            "logos": [logo(element) for element in ui_info["logo"]],
            "information_urls": localized(ui_info["information_url"]),
            "privacy_statement_urls": localized(ui_info["privacy_statement_url"]),
        },
        "entity_attributes": {
            found["name"]: texts(found["attribute_value"]) for found in entity_attributes["attribute"]
        },
        "discovery_responses": [response["location"] for response in extensions(role, "discovery-protocol&DiscoveryResponse")],
    }


def differences(wanted, found, place=""):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            yield from differences(wanted.get(name), found.get(name), f"{place}/{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found)):
            yield from differences(one, other, f"{place}/{index}")
    elif wanted != found:
        yield f"{place}: wanted {wanted!r}, pysaml2 reads {found!r}"


def read(facts_path, metadata_path):
    with open(facts_path, encoding="utf-8") as file:
        facts = json.load(file)
    store = MetadataStore(ac_factory(), config.IdPConfig())
    store.load("local", metadata_path)
    wrong = list(differences(facts, facts_of(store[facts["entity_id"]])))
    # What its identity provider asks it for.
    asked = {
        "subject_id": ([a["name"] for a in store.subject_id_requirement(facts["entity_id"])], ["urn:oasis:names:tc:SAML:attribute:pairwise-id"]),
        "categories": (store.entity_categories(facts["entity_id"]), facts["entity_attributes"]["http://macedir.org/entity-category"]),
        "certificates": (len(store.certs(facts["entity_id"], "spsso", "encryption")), 2),
    }
    wrong += [f"{name}: pysaml2 says {found!r}, wanted {wanted!r}" for name, (found, wanted) in asked.items() if found != wanted]
    for line in wrong:
        print(line)
    print(f"pysaml2 reads {os.path.basename(metadata_path)}: {len(wrong)} differences")
    return not wrong


def program(path, certificate):
    """Whether the xmlsec1 program verifies the document by this certificate's key, and by nothing that the document brings."""
    command = [XMLSEC, "--verify", "--enabled-key-data", "raw-x509-cert", "--id-attr:ID", MD[1:-1] + ":EntityDescriptor",
               "--pubkey-cert-pem", certificate, path]
    return subprocess.run(command, capture_output=True).returncode == 0


def pysaml2(path, certificate):
    conf = config.SPConfig()
    conf.load({"entityid": "urn:example:judge", "service": {"sp": {"endpoints": {"assertion_consumer_service": ["https://judge.example"]}}},
               "xmlsec_binary": XMLSEC})
    document = MetaDataFile(ac_factory(), path, cert=certificate, security=sigver.security_context(conf))
    try:
        return document.load() is not False and len(document) == 1
    except sigver.SignatureError:
        return False


def verify(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    root = ElementTree.fromstring(text)
    [published] = [d.find(f".//{DS}X509Certificate").text for d in root.iter(f"{MD}KeyDescriptor") if d.get("use") in (None, "signing")]
    altered = text.replace("Beispielwolke", "Beispielwerke", 1)
    assert altered != text
    with tempfile.TemporaryDirectory() as folder:
        certificate, other = os.path.join(folder, "published.pem"), os.path.join(folder, "altered.xml")
        with open(certificate, "w", encoding="ascii") as file:
            file.write(f"-----BEGIN CERTIFICATE-----\n{published}\n-----END CERTIFICATE-----\n")
        with open(other, "w", encoding="utf-8") as file:
            file.write(altered)
        outcomes = {judge.__name__: (judge(path, certificate), judge(other, certificate)) for judge in (program, pysaml2)}
    print(f"{os.path.basename(path)}: (genuine, altered) verify: {outcomes}")
    return all(outcome == (True, False) for outcome in outcomes.values())


def main():
    logging.disable(logging.CRITICAL)  # pysaml2 shows what xmlsec1 says about altered documents
    if len(sys.argv) == 4 and sys.argv[1] == "read":
        return 0 if read(*sys.argv[2:]) else 1
    if len(sys.argv) > 2 and sys.argv[1] == "verify":
        return 0 if all([verify(path) for path in sys.argv[2:]]) else 1
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main())
