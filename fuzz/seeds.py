#!/usr/bin/env python3
"""Writes seeds into corpus/: the recorded logins and logouts with their metadata and certificates, and the attack corpus where it is there.

  fuzz/seeds.py
"""
import base64
import glob
import hashlib
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def put(target, octets):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha256(octets).hexdigest()[:16]), "wb") as file:
        file.write(octets)


def put_message(octets):
    for target in ("xml", "c14n", "dsig", "login"):
        put(target, octets)


def put_logout(message):
    if "query" in message:
        put("redirect", message["query"].encode())
    for target in ("xml", "c14n", "dsig"):
        if "soap" in message:
            put(target, message["soap"].encode())
        for name, value in (message.get("post") or message.get("form") or {}).items():
            if name != "RelayState":
                put(target, base64.b64decode(value + "==", altchars=b"-_" if "-" in value or "_" in value else None))


def main():
    for path in glob.glob(os.path.join(ROOT, "tests", "interop", "recorded", "*.json")) + glob.glob(os.path.join(ROOT, "tests", "golden", "*.json")):
        with open(path, encoding="utf-8") as file:
            recording = json.load(file)
        message = base64.b64decode(recording["answer"]["SAMLResponse"])
        put_message(message)
        assertion = re.search(rb"<(\w+:)?Assertion[ >].*</(\w+:)?Assertion>", message, re.DOTALL)
        if assertion:
            for choice in range(12):
                put("xmlenc", bytes([choice]) + assertion.group(0))
        metadata = recording.get("idp_metadata", "")
        put("metadata", metadata.encode())
        for certificate in re.findall(r"X509Certificate>([^<]+)<", metadata):
            put("certificate", certificate.encode())
            put("certificate", base64.b64decode(certificate))
    for path in glob.glob(os.path.join(ROOT, "tests", "interop", "logouts", "*.json")):
        with open(path, encoding="utf-8") as file:
            put_logout(json.load(file)["message"])
    for path in glob.glob(os.path.join(ROOT, "src", "crypto", "testdata", "*.pem")):
        with open(path, "rb") as file:
            put("certificate", file.read())
    for path in glob.glob(os.path.join(ROOT, "tests", "corpus", "*", "*.json")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                case = json.loads(line)
                message = case.get("message") or {}
                if case["op"] == "metadata":
                    put("metadata", case["metadata"].encode())
                elif case["op"] == "logout":
                    put_logout(message)
                elif "xml" in message:
                    put_message(message["xml"].encode())
                elif "base64_xml" in message:
                    put_message(base64.b64decode(message["base64_xml"]))
    # Long enough to spell something: a fuzzer begins with few octets otherwise.
    for seed in range(64):
        put("engines", hashlib.shake_128(bytes([seed])).digest(64 + 4 * seed))
    # Four octets are one operation of surgery; the first one chooses the message.
    for message in range(9):
        for what in range(12):
            put("login_structured", bytes([message, what, 3, 9, 7, (what + 5) % 12, 11, 4, 1]))
    # Nine messages, as trees and as bytes.
    for message in [*range(9), *range(128, 137)]:
        for what in range(12):
            put("logout", bytes([message, what, 3, 9, 7, (what + 5) % 12, 11, 4, 1]))


if __name__ == "__main__":
    main()
