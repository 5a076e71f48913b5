#!/usr/bin/env python3
"""Asks the programs xmlsec1 and openssl whether the signatures in this corpus are live.

  witness.py [FOLDER]        (FOLDER: another copy of the corpus)

A vector is witnessed when one of them accepts one of the signatures in it with the trusted key, as it came or with what is encrypted
opened. To be as careless as software in the wild, it is asked about each Signature by itself and told that whatever carries the
ID that is wanted is an ID; keys in the message are not used. Witnessed has to be just what the index calls live, but for what stands in
not_witnessed.json: there each reason has a pattern that their complaints have to match, and the names of its vectors. And each
message that is witnessed must not be so with the key of somebody else. The signature of a query stands beside its message and is no XML:
of those openssl is asked, for every way to write its parameters once more, and xmlsec1 where it accepts none. Exit status 1 where something
is otherwise.
"""
import base64
import collections
import concurrent.futures
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import zlib

AT_LEAST = 700
# Of nobody in the corpus, made for this.
FOREIGN = (
    "MIIBeTCCAR+gAwIBAgIUdd3OYBzIAN3NQCJEG3ZqJtmJpDMwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMjA3MDkyNFoYDzIx"
    "MjYxMDI5MDcwOTI0WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQFklUClqebIoqVWwK5KeDuGYI3CrnrdJVp9ZJ6"
    "3KdAQByOq0tL+JPJwjk2daew9kADTwOVRdNlWgBYd0+RglVoo1MwUTAdBgNVHQ4EFgQUmqf2eIv8CMCqsHpFnXtfOabRjfIwHwYDVR0jBBgwFoAUmqf2"
    "eIv8CMCqsHpFnXtfOabRjfIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB+RuQ5bgtVANGw40RwWgqqzTnMTmKGOcYNZ0oqnWw8WAIh"
    "AML+K2jFpWLf2OXsNbw4vYv9lEzlSDJTu775alb0D5L6"
)
HERE = os.path.dirname(os.path.abspath(__file__))
# The element and the attribute that has one of these values.
ID = r"<([\w.:-]+)(?=\s)[^<]*?\s((?:[\w.-]+:)?(?:ID|Id|id|AssertionID))\s*=\s*[\"'](?:%s)[\"']"


def documents(case):
    """The message; by Redirect and POST there may be two."""
    if case["op"] == "metadata":
        return [case["metadata"].encode()]
    message = case["message"]
    for text in ("xml", "soap"):
        if text in message:
            return [message[text].encode()]
    if "base64_xml" in message:
        return [base64.b64decode(message["base64_xml"])]
    if "post" not in message:
        return [inflated(lenient(unquote(value))) for value in values(query(message), "SAMLRequest", "SAMLResponse")]
    if isinstance(message["post"], dict):
        return [lenient(value) for name, value in message["post"].items() if name != "RelayState"]
    return [lenient(message["post"])]


def lenient(text):
    """As lenient decoders do: whatever is no base64 is passed over."""
    text = text.translate(str.maketrans("-_", "+/")).replace("%3D", "")
    text = re.sub(r"[^A-Za-z0-9+/]", "", text)
    return base64.b64decode(text[:len(text) - (len(text) % 4 == 1)] + "===")


def query(message):
    """As it came, or as one way to write what a framework has decoded."""
    if "query" in message:
        return message["query"].lstrip("?")
    return "&".join(f"{name}={urllib.parse.quote_plus(value)}" for name, value in message["decoded_query"])


def values(text, *names):
    """Those of parameters, as they came; names decoded, in any letter case."""
    pairs = [pair.partition("=") for pair in text.split("&")]
    return [value for wanted in names for name, _, value in pairs if unquote(name).lower() == wanted.lower()]


def inflated(octets):
    try:
        return zlib.decompressobj(-15).decompress(octets, 2 ** 21)
    except zlib.error:
        return octets


def unquote(value):
    return urllib.parse.unquote(value, errors="replace")


def lower(value):
    return re.sub("%..", lambda escape: escape.group(0).lower(), value)


# How a value is written once more. Base64 has no spaces: a plus was one.
WAYS = [
    lambda value: value,
    lambda value: urllib.parse.quote_plus(urllib.parse.unquote_plus(value)),
    lambda value: urllib.parse.quote(unquote(value), safe=""),
    lambda value: urllib.parse.quote(urllib.parse.unquote_plus(value), safe=""),
    lambda value: lower(urllib.parse.quote(unquote(value), safe="")),
    lambda value: lower(urllib.parse.quote_plus(urllib.parse.unquote_plus(value), safe="!*()")),
    lambda value: urllib.parse.quote_plus(urllib.parse.unquote_plus(value), safe="*").replace("~", "%7E"),
]
# For a query that names none.
DEFAULT_ALGORITHM = urllib.parse.quote("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", safe="")


def signed(text):
    """What may have been signed in a query, with its algorithm and signature."""
    signatures = dict.fromkeys(lenient(unquote(value)) for value in values(text, "Signature"))
    algorithms = list(dict.fromkeys(values(text, "SigAlg") + [DEFAULT_ALGORITHM]))
    states = [None, ""] + values(text, "RelayState")
    found = {(text.rpartition("&Signature=")[0], algorithm): None for algorithm in algorithms}
    for way, message, state, algorithm, name in itertools.product(
            WAYS, values(text, "SAMLRequest", "SAMLResponse"), dict.fromkeys(states), algorithms, ["SAMLRequest", "SAMLResponse"]):
        part = "" if state is None else f"&RelayState={way(state)}"
        found[(f"{name}={way(message)}{part}&SigAlg={way(algorithm)}", algorithm)] = None
    return [(octets, unquote(algorithm), signature) for octets, algorithm in found for signature in signatures]


def der(signature):
    """Both numbers of an ECDSA signature, which XML has side by side, as openssl wants them."""
    if len(signature) != 64:
        return signature
    numbers = [int.from_bytes(half, "big") for half in (signature[:32], signature[32:])]
    numbers = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers]
    inside = b"".join(bytes([2, len(number)]) + number for number in numbers)
    return bytes([0x30, len(inside)]) + inside


class Case:
    """A case of the corpus, in files."""

    def __init__(self, case, folder):
        self.folder, self.files, self.complaints, self.yes, self.keys = folder, 0, "", None, {}
        self.messages = [self.file(octets) for octets in documents(case)]
        message = case.get("message") or {}
        self.query = query(message) if "query" in message or "decoded_query" in message else None
        is_message = case["op"] != "metadata"
        idp = case["idp"] if is_message else {"certificates": [case["signed_by"]]}
        self.trusted = [self.certificate(text) for text in certificates(idp)]
        self.decryption = [self.file(key.encode()) for key in case["sp"]["decryption_keys"]] if is_message else []

    def file(self, content):
        self.files += 1
        path = os.path.join(self.folder, str(self.files))
        with open(path, "wb") as file:
            file.write(content)
        return path

    def certificate(self, text):
        return self.file(f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n".encode())

    def ask(self, operation, *options):
        """Whether xmlsec1 does it."""
        # Nothing is fetched, from files neither.
        uris = "--enabled-reference-uris" if operation == "--verify" else "--enabled-cipher-reference-uris"
        done = subprocess.run(["xmlsec1", operation, uris, "empty,same-doc", *options], capture_output=True, timeout=100,
                              # What RetrievalMethod names is asked for at a door that is shut.
                              env={**os.environ, "http_proxy": "http://127.0.0.1:9"})
        if done.returncode != 0:
            self.complaints += done.stderr.decode(errors="replace")
        return done.returncode == 0

    def is_signed(self, certificate, octets, algorithm, signature):
        """Whether openssl accepts the signature of a query."""
        digest = {"rsa-sha1": "-sha1", "rsa-sha256": "-sha256", "ecdsa-sha256": "-sha256"}.get(algorithm.rpartition("#")[2])
        if digest is None:
            self.complaints += f"no signature by {algorithm!r}\n"
            return False
        if certificate not in self.keys:
            command = ["openssl", "x509", "-pubkey", "-noout", "-in", certificate]
            self.keys[certificate] = self.file(subprocess.run(command, capture_output=True, check=True).stdout)
        done = subprocess.run(["openssl", "dgst", digest, "-verify", self.keys[certificate], "-signature", self.file(der(signature))],
                              input=octets.encode(), capture_output=True, timeout=100)
        if done.returncode != 0:
            self.complaints += done.stdout.decode(errors="replace")
        return done.returncode == 0

    def query_verifies(self):
        for octets, algorithm, signature in signed(self.query):
            if self.is_signed(self.trusted[0], octets, algorithm, signature):
                self.yes = (octets, algorithm, signature)
                return True
        return False

    def is_live(self):
        if self.query is not None and self.query_verifies():
            return True
        return any(self.message_is_live(message) for message in self.messages)

    def message_is_live(self, message):
        for _ in range(3):
            if self.verifies(message):
                return True
            # What was encrypted may hold what is encrypted.
            message = self.opened(message)
            if message is None:
                return False
        return False

    def verifies(self, message):
        """Whether one of the first five Signatures does."""
        text = plain(message)
        ways = list(self.ways(text))
        for number in range(min(len(re.findall(r"<(?:[\w.-]+:)?Signature[\s>]", text)), 5)):
            node = ["--node-xpath", f"(//*[local-name()='Signature'])[{number + 1}]"]
            for ids in ways:
                for certificate in self.trusted:
                    if self.ask("--verify", *self.with_key(certificate), *ids, *node, message):
                        self.yes = [*ids, *node, message]
                        return True
                    if "failed to parse xml file" in self.complaints:
                        return False
        return False

    def with_key(self, certificate):
        return ["--enabled-key-data", "key-name", "--pubkey-cert-pem", certificate]

    def is_so_for(self, certificate):
        """Whether what was accepted would be, with another key."""
        if isinstance(self.yes, tuple):
            return self.is_signed(self.certificate(certificate), *self.yes)
        return self.ask("--verify", *self.with_key(self.certificate(certificate)), *self.yes)

    def ways(self, text):
        """Ways to say which attributes are IDs: all that have the wanted value, each alone, or by a DTD, where the first counts."""
        wanted = "|".join(re.escape(uri) for uri in re.findall(r"URI\s*=\s*[\"']#([^\"']+)", text))
        found = list(dict.fromkeys(re.findall(ID % wanted, text))) if wanted else []
        options = [["--id-attr:" + name.split(":")[-1], element.split(":")[-1]] for element, name in found]
        yield sum(options, [])
        if len(options) > 1:
            yield from options
        for element, name in found:
            yield ["--dtd-file", self.file(f"<!ATTLIST {element} {name} ID #IMPLIED>".encode())]

    def opened(self, message):
        result = self.file(b"")
        node = ["--node-xpath", "(//*[local-name()='EncryptedData'])[1]"]
        text = plain(message)
        ids = next(self.ways(text))
        for key in self.decryption if "EncryptedData" in text else []:
            if self.ask("--decrypt", "--privkey-pem", key, "--output", result, *ids, *node, message):
                return result
        return None


def plain(path):
    """The text, for patterns: UTF-16 is ASCII with zeros between."""
    with open(path, "rb") as file:
        return file.read().replace(b"\0", b"").decode(errors="replace")


def certificates(idp):
    if "certificates" in idp:
        return idp["certificates"]
    own = idp["metadata"].split(f'entityID="{idp["entity_id"]}"' if "entity_id" in idp else "entityID", 1)[1]
    return re.findall("X509Certificate>([^<]+)<", own)[:1]


def look_at(folder, entry):
    with open(os.path.join(folder, entry["file"]), encoding="utf-8") as file:
        case = json.load(file)
    with tempfile.TemporaryDirectory() as place:
        case = Case(case, place)
        live = case.is_live()
        # What is made to cost, costs once.
        return live, live and entry["family"] != "cost" and case.is_so_for(FOREIGN), case.complaints


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
        index = json.load(file)
    with open(os.path.join(HERE, "not_witnessed.json"), encoding="utf-8") as file:
        reasons = json.load(file)
    reason_of = {name: reason for reason in reasons for name in reason["vectors"]}
    wrong = [f"{name} is there for two reasons" for name, reason in reason_of.items()
             if any(name in other["vectors"] for other in reasons if other is not reason)]
    wrong += [f"{name} is no vector" for name in reason_of.keys() - {entry["name"] for entry in index}]
    count = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for entry, (live, for_anybody, complaints) in zip(index, pool.map(lambda entry: look_at(folder, entry), index)):
            name, reason = entry["name"], reason_of.get(entry["name"])
            what = "attacks" if entry["family"] != "controls" else "controls"
            if live != (entry["live"] and reason is None):
                last = complaints.strip().splitlines()[:1]
                wrong.append(f"{name}: {'one' if live else 'none'} is accepted of its signatures; live {entry['live']}, {reason and reason['why']} {last}")
            if live and for_anybody:
                wrong.append(f"{name}: the signature is accepted with the key of somebody else too")
            if reason and not re.search(reason["complaint"], complaints):
                wrong.append(f"{name}: should say {reason['complaint']!r}, says {complaints!r}")
            count[f"{what} that are witnessed to be live"] += live
            count[f"live {what} that are not, for a reason that is checked"] += entry["live"] and not live
            count[f"{what} that are not live, nor to the witnesses"] += not entry["live"] and not live
            if reason:
                count[f"  {reason['why']}"] += 1
    for words, number in count.items():
        print(f"{number:>5} {words}")
    if count["attacks that are witnessed to be live"] < AT_LEAST:
        wrong.append(f"fewer than {AT_LEAST}")
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
