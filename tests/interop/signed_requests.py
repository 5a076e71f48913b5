#!/usr/bin/env python3
"""Does the identity provider verify our signed requests? What it is sent, and what has to come of it:

  - the request as our application sends it: a login;
  - the same altered and signed anew by our key, which shows that the alterations alone stop nobody: a login;
  - with another RelayState, with another content, with another key's signature, without a signature: no login.

  signed_requests.py --browser LOGIN_PY --user NAME --password WORD --binding redirect|post
                     --own-key PEM --foreign-key PEM URL

URL is where our application begins a login; LOGIN_PY the scripted browser beside the identity providers. The answers are
held back, so that nothing but the identity provider decides. Exit status 1 when one outcome is another.
"""
import argparse
import base64
import importlib.util
import re
import subprocess
import sys
import urllib.parse
import zlib

SUCCESS = b'"urn:oasis:names:tc:SAML:2.0:status:Success"'
ORDER = ("SAMLRequest", "RelayState", "SigAlg", "Signature")


def scripted_browser(path):
    spec = importlib.util.spec_from_file_location("login", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def altered(xml):
    """The request with one attribute more, which changes what the user has to do."""
    assert b"ForceAuthn" not in xml
    return xml.replace(b" Version=", b' ForceAuthn="true" Version=', 1)


def deflated(xml):
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(engine.compress(xml) + engine.flush()).decode()


def query(fields):
    """Encoded as our own are, in the order of bindings 3.4.4.1."""
    return "&".join(f"{name}={urllib.parse.quote(fields[name], safe='')}" for name in ORDER if name in fields)


def run(command, octets):
    done = subprocess.run(command, input=octets, capture_output=True)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.decode()}")
    return done.stdout


def signed_query(fields, key):
    octets = query({name: fields[name] for name in ORDER[:3]}).encode()
    return {**fields, "Signature": base64.b64encode(run(["openssl", "dgst", "-sha256", "-sign", key], octets)).decode()}


def redirect_cases(url, own, foreign):
    where, _, sent = url.partition("?")
    fields = dict(urllib.parse.parse_qsl(sent, strict_parsing=True))
    assert tuple(fields) == ORDER, f"signed octets are in another order: {list(fields)}"
    # The alterations below are of a query that is otherwise ours, byte for byte.
    assert query(fields) == sent, "the query is encoded in another way than here"
    relayed = {**fields, "RelayState": fields["RelayState"] + "x"}
    other = {**relayed, "SAMLRequest": deflated(altered(zlib.decompress(base64.b64decode(fields["SAMLRequest"]), -15)))}
    for name, wanted, changed in (
        ("as it was sent", True, fields),
        ("altered, and signed anew by our key", True, signed_query(other, own)),
        ("with another RelayState", False, relayed),
        ("with another content", False, {**other, "RelayState": fields["RelayState"]}),
        ("signed by another key", False, signed_query(fields, foreign)),
        ("unsigned", False, {name: fields[name] for name in ORDER[:2]}),
    ):
        yield name, wanted, lambda browser, changed=changed: browser.get(f"{where}?{query(changed)}")


def signed_message(xml, key):
    """Signed anew, by the template that the old signature is."""
    for part in (rb"DigestValue", rb"SignatureValue"):
        xml = re.sub(rb"(<ds:" + part + rb">)[^<]*", rb"\1", xml)
    element = "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest"
    return run(["xmlsec1", "--sign", "--privkey-pem", key, "--id-attr:ID", element, "/dev/stdin"], xml)


def post_cases(page, form, own, foreign):
    fields = {field["name"]: field["value"] for field in form["fields"]}
    xml = base64.b64decode(fields["SAMLRequest"])
    unsigned = re.sub(rb"<ds:Signature\b.*</ds:Signature>", b"", xml, flags=re.S)
    assert unsigned != xml, "the request is not signed"
    for name, wanted, changed in (
        ("as it was sent", True, xml),
        ("altered, and signed anew by our key", True, signed_message(altered(xml), own)),
        ("with another content", False, altered(xml)),
        ("signed by another key", False, signed_message(xml, foreign)),
        ("unsigned", False, unsigned),
    ):
        data = list({**fields, "SAMLRequest": base64.b64encode(changed).decode()}.items())
        yield name, wanted, lambda browser, data=data: browser.submit(page, form, data)


def logged_in(browser, page):
    """Walks on from a page at the identity provider; whether a successful answer was about to leave it."""
    for _ in range(25):
        if page is None:
            answer = base64.b64decode(browser.held["fields"]["SAMLResponse"])
            return SUCCESS in answer and b"Assertion" in answer, "an answer"
        following = browser.step(page)
        if following is False:
            text = " ".join(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", page.text, flags=re.S).split())
            return False, f"HTTP {page.status}: {text[:160]}"
        page = following
    sys.exit("stuck: too many pages")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("browser", "user", "password", "own-key", "foreign-key"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--binding", choices=["redirect", "post"], required=True)
    ap.add_argument("url")
    args = ap.parse_args()
    login = scripted_browser(args.browser)

    def fresh(origin):
        browser = login.Browser(args.user, args.password, hold=True)
        browser.first_origin = origin
        return browser

    begun = login.Browser(args.user, args.password).fetch(args.url)
    if args.binding == "redirect":
        destination = begun.headers["Location"]
        cases = redirect_cases(destination, args.own_key, args.foreign_key)
    else:
        [form] = begun.dom.forms
        destination = form["action"]
        cases = post_cases(begun, form, args.own_key, args.foreign_key)
    bad = 0
    for name, wanted, send in cases:
        browser = fresh(login.origin(destination))
        came, how = logged_in(browser, send(browser))
        print(f"{'ok ' if came == wanted else 'BAD'} {args.binding}, {name}: {'a login' if came else 'no login'} ({how})")
        bad += came != wanted
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
