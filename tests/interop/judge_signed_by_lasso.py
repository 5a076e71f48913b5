#!/usr/bin/env python3
"""Lasso, before whom our signatures have to stand: on requests by both bindings, and on metadata.

  judge_signed_by_lasso.py --idp-state DIR FOLDER            (Debian's python3 with python3-lasso)

FOLDER holds sp-metadata.xml, request.url and request.xml, as tests/emitted.rs writes them into by-lasso/. Each is verified, and an
altered copy of each has to be refused. Exit status 1 otherwise.
"""
import argparse
import base64
import os
import sys
import tempfile
import urllib.parse

import lasso


def request(args, message):
    """Lasso verifies, because the metadata says AuthnRequestsSigned; and is told to insist."""
    server = lasso.Server(os.path.join(args.idp_state, "idp-metadata.xml"), os.path.join(args.idp_state, "idp-rsa.key"), None, None)
    server.addProvider(lasso.PROVIDER_ROLE_SP, os.path.join(args.folder, "sp-metadata.xml"))
    login = lasso.Login(server)
    login.setSignatureVerifyHint(lasso.PROFILE_SIGNATURE_VERIFY_HINT_FORCE)
    login.processAuthnRequestMsg(message)


def metadata(args, text):
    """Lasso verifies a metadata file with certificates that it is told to trust."""
    with tempfile.TemporaryDirectory() as folder:
        path, trusted = os.path.join(folder, "metadata.xml"), os.path.join(folder, "trusted.pem")
        with open(path, "w", encoding="utf-8") as file:
            # It takes a document of several entities; ours is signed by itself inside.
            file.write(text)
        with open(os.path.join(args.folder, "certificate"), encoding="utf-8") as file:
            body = file.read()
        with open(trusted, "w", encoding="utf-8") as file:
            file.write("-----BEGIN CERTIFICATE-----\n" + "\n".join(body[i:i + 64] for i in range(0, len(body), 64)) + "\n-----END CERTIFICATE-----\n")
        server = lasso.Server(os.path.join(args.idp_state, "idp-metadata.xml"), os.path.join(args.idp_state, "idp-rsa.key"), None, None)
        server.loadMetadata(lasso.PROVIDER_ROLE_SP, path, trusted, None, lasso.SERVER_LOAD_METADATA_FLAG_DEFAULT)
        if not server.providers:
            raise ValueError("no provider was loaded")


def refused(verify, *arguments):
    try:
        verify(*arguments)
    except Exception as error:  # a judge's refusal is any of its own exceptions
        return f"{type(error).__name__}: {error}"
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--idp-state", required=True)
    ap.add_argument("folder")
    args = ap.parse_args()

    def read(name):
        with open(os.path.join(args.folder, name), encoding="utf-8") as file:
            return file.read().strip()

    query = urllib.parse.urlsplit(read("request.url")).query
    xml = read("request.xml")
    cases = [
        ("the request by Redirect", request, query, query.replace("RelayState=", "RelayState=x")),
        ("the request by POST", request, base64.b64encode(xml.encode()).decode(),
         base64.b64encode(xml.replace("2026-01-15T12", "2026-01-15T13").encode()).decode()),
        ("the metadata", metadata, read("sp-metadata.xml"), read("sp-metadata.xml").replace("/saml/acs", "/evil/acs")),
    ]
    failed = False
    for what, verify, genuine, altered in cases:
        assert genuine != altered
        reason = refused(verify, args, genuine)
        print(f"lasso {'verifies' if reason is None else 'refuses'} {what}{'' if reason is None else ': ' + reason}")
        tampered = refused(verify, args, altered)
        print(f"lasso {'refuses' if tampered else 'TAKES'} {what}, altered: {tampered}")
        failed |= reason is not None or tampered is None
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
