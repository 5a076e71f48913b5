#!/usr/bin/env python3
"""Logouts by one binding between a real identity provider and the axum_login example, which both run, in both directions.

They begin: our application refuses the request unsigned and with another content, and the user stays signed in. It takes the request as
it came, once: the user is signed out, the answer goes where the identity provider's metadata says, and the identity provider is
satisfied with it, which is when what it shows matches --satisfied, and its log has no --complaint. With an altered answer it is not.

We begin: the identity provider takes our request, and the user is signed out everywhere: our page says so, and the next login asks for
the password. An unsigned or altered request leads to neither.

The scripted browser is login.py beside the identity providers. By SOAP nothing passes through a browser: --base is served here and
handed on to the application at --behind, and --call is the command that begins a logout of sessions (logouts.rs). What the
identity provider sent goes to OUT, one JSON file a message, whose expected values are read here with Python's own XML parser. Exit
status 1 when one outcome is another.
"""
import argparse
import base64
import datetime
import functools
import http.client
import http.server
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
import zlib

NS = {"samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
      "md": "urn:oasis:names:tc:SAML:2.0:metadata", "soap": "http://schemas.xmlsoap.org/soap/envelope/"}
BINDINGS = {"redirect": "HTTP-Redirect", "post": "HTTP-POST", "soap": "SOAP"}
SIGNED_IN = "The identity provider signed every value"
EVERYWHERE, NOT_EVERYWHERE = "signed out of every application", "signed out here, but not of every application"
FIELDS = ("SAMLRequest", "SAMLResponse")
NO_PROXY = urllib.request.ProxyHandler({})


def scripted_browser(path):
    spec = importlib.util.spec_from_file_location("login", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_of(page):
    return " ".join(re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", page.text, flags=re.S).split())


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def xml_of(message):
    """What was sent, without its binding."""
    if message["binding"] == "soap":
        return message["body"]
    octets = base64.b64decode(message["fields"][message["kind"]])
    return zlib.decompress(octets, -15) if message["binding"] == "redirect" else octets


def carrying(message, xml):
    """The same with another content, and the signature as it was."""
    if message["binding"] == "soap":
        return {**message, "body": xml}
    if message["binding"] == "post":
        return {**message, "fields": {**message["fields"], message["kind"]: base64.b64encode(xml).decode()}}
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    value = urllib.parse.quote(base64.b64encode(engine.compress(xml) + engine.flush()).decode(), safe="")
    query = re.sub(rf"(?<={message['kind']}=)[^&]*", value, message["fields"]["query"])
    return {**message, "fields": {"query": query}}


def unsigned(message):
    if message["binding"] == "redirect":
        query = re.sub(r"&(SigAlg|Signature)=[^&]*", "", message["fields"]["query"])
        changed = {**message, "fields": {"query": query}}
    else:
        changed = carrying(message, re.sub(rb"<((?:\w+:)?Signature)\b.*</\1>", b"", xml_of(message), flags=re.S))
    assert changed != message, "it was not signed"
    return changed


def altered(message):
    """With one attribute more, which the schema allows."""
    consent = rb'\1 Consent="urn:oasis:names:tc:SAML:2.0:consent:obtained" Version='
    xml, found = re.subn(rb"(<(?:\w+:)?Logout(?:Request|Response)\b[^>]*?) Version=", consent, xml_of(message))
    assert found == 1, "no logout message"
    return carrying(message, xml)


CHANGES = (("unsigned", unsigned), ("altered", altered))


class Front(http.server.BaseHTTPRequestHandler):
    """Between them and our application: hands on what comes, and shows what comes by SOAP."""
    behind, on_call = None, staticmethod(lambda body: None)

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.hand_on(None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/soap"):
            type(self).on_call(body)
        self.hand_on(body)

    def hand_on(self, body):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "content-length")}
        connection = http.client.HTTPConnection(self.behind, timeout=30)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def browsers(login):
    """Scripted browsers that note every logout message, and stop before the first of a kind to a certain side."""
    class Browser(login.Browser):
        def __init__(self, user, password):
            super().__init__(user, password, frames=True, log=lambda line: self.visited.append(line))
            self.visited, self.messages, self.stop_at, self.held = [], [], None, None
            self.session_index = self.login = None

        def note(self, binding, url, fields):
            kind = next((kind for kind in FIELDS if fields.get(kind)), None)
            message = {"binding": binding, "kind": kind, "url": url.split("?")[0], "fields": dict(fields), "now": now()}
            xml = xml_of(message) if kind else b""
            index = re.search(rb'SessionIndex="([^"]*)"', xml)
            if index:
                self.session_index, self.login = index.group(1).decode(), message
            if b"Logout" not in xml[:400]:
                return False
            self.messages.append(message)
            stops = self.held is None and self.stop_at and kind == self.stop_at[0] and url.startswith(self.stop_at[1])
            self.held = message if stops else self.held
            return bool(stops)

        def send(self, message):
            """To where it was on its way; the first page there."""
            if message["binding"] == "post":
                return self.fetch(message["url"], list(message["fields"].items()))
            return self.fetch(f"{message['url']}?{message['fields']['query']}")

        def walk(self, page):
            """Follows redirects and forms to the last page."""
            page = self.follow(page, 0)
            for _ in range(25):
                following = page is not None and self.step(page)
                if not following:
                    return page
                page = following
            sys.exit("stuck: too many pages")

        def deliver(self, message):
            self.visited.clear()
            self.messages.clear()
            return self.walk(self.send(message))

        def shown(self, page):
            """All that it has seen since the delivery began."""
            return " ".join(self.visited) + " " + text_of(page)

    return Browser


class Case:
    def __init__(self, args):
        self.args, self.bad, self.read = args, 0, {}
        self.new_browser = functools.partial(browsers(scripted_browser(args.browser)), args.user, args.password)
        with open(args.sp_metadata, encoding="utf-8") as ours, open(args.idp_metadata, encoding="utf-8") as theirs:
            self.our_metadata, self.idp_metadata = ET.parse(ours).getroot(), theirs.read()
        self.their_base = "/".join(args.idp_logout.split("/")[:3])

    def say(self, right, line):
        self.bad += not right
        print(f"{'ok ' if right else 'BAD'} {self.args.binding}, {line}", flush=True)

    def endpoint(self, attribute):
        """Where the identity provider takes messages by this binding, as its metadata says."""
        services = ET.fromstring(self.idp_metadata).findall("md:IDPSSODescriptor/md:SingleLogoutService", NS)
        [service] = [service for service in services if service.get("Binding").endswith(f":{BINDINGS[self.args.binding]}")]
        return service.get(attribute) or service.get("Location")

    def logged(self, path, pattern):
        """What matches in a log, in the part that was not there before."""
        with open(path, encoding="utf-8") as log:
            log.seek(self.read.get(path, 0))
            said = log.read()
            self.read[path] = log.tell()
        return re.findall(pattern, said, re.M)

    def refusals(self):
        """The codes that our application has logged, since they were asked for last."""
        return self.logged(self.args.log, r"^refused: ([\w-]+)")

    def satisfied(self, browser, page):
        """Whether they took our answer, and how it shows."""
        found = self.args.satisfied.search(browser.shown(page))
        complaints = self.logged(*self.args.complaint) if self.args.complaint else []
        said = repr(complaints[0] if complaints else found.group() if found else text_of(page)[:100])
        return bool(found) and page.status == 200 and not complaints, f"HTTP {page.status} there, {said}"

    def home_says(self, browser, text):
        return text in text_of(browser.fetch(f"{self.args.base}/"))

    def signed_in(self):
        browser = self.new_browser()
        page = browser.run(f"{self.args.base}/saml/login")
        if page is None or not self.home_says(browser, SIGNED_IN):
            sys.exit(f"the login failed: {page and text_of(page)[:300]}")
        browser.tried_password = False
        browser.messages.clear()
        return browser

    def remembered(self, browser):
        """Whether a login by this browser is answered without the password."""
        page = browser.follow(browser.fetch(f"{self.args.base}/saml/login"), 0)
        fields = [field for form in page.dom.forms for field in form["fields"]]
        asks, answers = any(field["type"] == "password" for field in fields), any(field["name"] == "SAMLResponse" for field in fields)
        assert asks != answers, f"neither a password form nor an answer: {text_of(page)[:200]}"
        return answers

    # They begin.

    def refuses_changed(self, browser, request, send, status):
        """Our application, what is not as it was sent: with a code, and the user stays signed in."""
        mismatch = "query-signature-mismatch" if self.args.binding == "redirect" else "digest-mismatch"
        for (name, change), code in zip(CHANGES, ("signature-missing", mismatch)):
            self.refusals()
            came = send(change(request))
            codes, stays = self.refusals(), self.home_says(browser, SIGNED_IN)
            self.say((came, codes, stays) == (status, [code], True),
                     f"they begin, {name}: HTTP {came}, {' '.join(codes)}, {'still' if stays else 'NOT'} signed in")

    def refuses_again(self, send, request, status):
        self.refusals()
        came, codes = send(request), self.refusals()
        self.say((came, codes) == (status, ["replayed"]), f"they begin, the same again: HTTP {came}, {' '.join(codes)}")

    def ended(self, browser, page, right):
        over, (taken, how) = self.home_says(browser, "Nobody is signed in"), self.satisfied(browser, page)
        self.say(right and over and taken, f"they begin: signed out{'' if over else ', NOT HERE'}; {how}")

    def asked(self, browser, index=None):
        """Their request, about to arrive."""
        browser.stop_at, browser.held = ("SAMLRequest", self.args.base), None
        browser.run(self.args.idp_logout.format(index=index or browser.session_index))
        assert browser.held["binding"] == self.args.binding, f"it came by {browser.held['binding']}"
        return browser.held

    def they_begin(self):
        browser = self.signed_in()
        if "{index}" in self.args.idp_logout:
            page = browser.deliver(self.asked(browser, "of-no-session"))
            stays, (taken, how) = self.home_says(browser, SIGNED_IN), self.satisfied(browser, page)
            self.say(stays and taken, f"they begin, another session: {'still' if stays else 'NOT'} signed in; {how}")
        request = self.asked(browser)
        send = lambda message: browser.send(message).status
        self.refuses_changed(browser, request, send, 403)
        page = browser.deliver(request)
        [answer] = browser.messages
        right = (answer["kind"], answer["binding"], answer["url"]) == ("SAMLResponse", self.args.binding, self.endpoint("ResponseLocation"))
        self.ended(browser, page, right)
        self.refuses_again(send, request, 403)
        self.record("request", request)
        # What takes any answer would be satisfied by none.
        browser = self.signed_in()
        request = self.asked(browser)
        browser.stop_at, browser.held = ("SAMLResponse", self.their_base), None
        browser.deliver(request)
        page = browser.deliver(altered(browser.held))
        taken, how = self.satisfied(browser, page)
        self.say(not taken, f"they begin, our answer altered: {how}")

    def they_call(self):
        browser, requests = self.signed_in(), []

        def on_call(body):
            if not requests:
                requests.append({"binding": "soap", "kind": "SAMLRequest", "body": body, "now": now()})
                self.refuses_changed(browser, requests[0], send, 500)

        def send(message):
            return posted(f"http://{self.args.behind}/saml/slo/soap", message["body"])[0]

        Front.on_call = staticmethod(on_call)
        page = browser.run(self.args.idp_logout)
        self.ended(browser, page, len(requests) == 1)
        self.refuses_again(send, requests[0], 500)
        self.record("request", requests[0])

    # We begin.

    def begun(self, elsewhere=None):
        """A logout of ours that is about to arrive; here the session is over already."""
        browser = self.signed_in()
        if elsewhere:
            browser.follow(browser.fetch(elsewhere), 0)
        browser.stop_at, browser.first_origin = ("SAMLRequest", self.their_base), self.args.base
        browser.walk(browser.fetch(f"{self.args.base}/saml/logout", []))
        request = browser.held
        assert (request["binding"], request["url"]) == (self.args.binding, self.endpoint("Location")), f"ours went to {request['url']}"
        assert self.home_says(browser, "Nobody is signed in"), "the session here goes on"
        return browser, request

    def we_begin(self):
        browser, request = self.begun()
        self.answered("we begin", "response", browser, request, EVERYWHERE)
        if self.args.elsewhere:
            browser, request = self.begun(self.args.elsewhere)
            self.answered("we begin, signed in elsewhere", "partial-response", browser, request, NOT_EVERYWHERE)
        if self.args.twice:
            browser, request = self.begun()
            browser.stop_at, browser.held = ("SAMLResponse", self.args.base), None
            browser.deliver(request)
            self.answered("we begin, the session is over there", "unknown-response", browser, request, NOT_EVERYWHERE)
        for name, change in CHANGES:
            browser, request = self.begun()
            page = browser.deliver(change(request))
            everywhere = EVERYWHERE in text_of(page)
            remembered = not self.args.forgetful and self.remembered(browser)
            self.say(not everywhere and remembered != self.args.forgetful,
                     f"we begin, {name}: HTTP {page.status}{', still signed in there' if remembered else ''}, {text_of(page)[:100]!r}")

    def answered(self, what, name, browser, request, says):
        """Their answer to our request, at our application."""
        page = browser.deliver(request)
        answers = [message for message in browser.messages if message["kind"] == "SAMLResponse"]
        remembered, said = self.remembered(browser), says in text_of(page)
        self.say(said and not remembered and [answer["binding"] for answer in answers] == [self.args.binding],
                 f"{what}: {says if said else text_of(page)[:200]}{', STILL' if remembered else ', not'} signed in there")
        self.record(name, answers[0], request_id=ET.fromstring(xml_of(request)).get("ID"))

    def we_call(self):
        browsers = [self.signed_in() for _ in range(3)]
        logins = [self.login_of(browser) for browser in browsers]
        calls = self.begun_by_soap(logins)
        for (name, change), browser, call in zip((*CHANGES, ("as it was sent", lambda request: request)), browsers, calls):
            status, reply = posted(call["url"], change({"binding": "soap", "body": call["body"].encode()})["body"])
            taken, remembered = b"status:Success" in reply, self.remembered(browser)
            wanted = name == "as it was sent"
            self.say((taken, remembered) == (wanted, not wanted), f"we begin, {name}: HTTP {status}, "
                     f"{'success' if taken else reply[:100]!r}, {'still' if remembered else 'not'} signed in there")
        answer = {"binding": "soap", "kind": "SAMLResponse", "body": reply, "now": logins[-1]["now"]}
        self.record("response", answer, request_id=calls[-1]["request_id"], login=logins[-1]["login"])

    def login_of(self, browser):
        """What the session of this browser comes from."""
        login = {name: browser.login["fields"].get(name) for name in ("SAMLResponse", "RelayState")}
        login["request_id"] = ET.fromstring(xml_of(browser.login)).get("InResponseTo")
        return {"login": login, "now": browser.login["now"]}

    def begun_by_soap(self, logins):
        """What our library sends for the sessions of these logins; what it makes of the answer, the replay of the recording says."""
        ours = {**self.ours(), "signing_key": self.key("signing.key"), "signing_certificate": self.key("signing.crt")}
        session = {"sp": ours, "idp_metadata": self.idp_metadata, "message": {"soap": ""}, "expect": {"kind": "response"}}
        with tempfile.TemporaryDirectory() as folder:
            for number, login in enumerate(logins):
                with open(os.path.join(folder, f"{number}.json"), "w", encoding="utf-8") as file:
                    json.dump({**session, **login}, file)
            environment = {**os.environ, "SAML_SP_LOGOUTS": folder, "SAML_SP_EMIT": folder}
            done = subprocess.run(self.args.call, shell=True, env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
            return [json.load(open(os.path.join(folder, f"{number}.call"), encoding="utf-8")) for number in range(len(logins))]

    def key(self, name):
        with open(os.path.join(self.args.keys, name), encoding="utf-8") as file:
            return file.read()

    def ours(self):
        sp = self.our_metadata.find("md:SPSSODescriptor", NS)
        service = f"md:SingleLogoutService[@Binding='urn:oasis:names:tc:SAML:2.0:bindings:{BINDINGS[self.args.binding]}']"
        return {"entity_id": self.our_metadata.get("entityID"), "acs_url": sp.find("md:AssertionConsumerService", NS).get("Location"),
                "slo_url": sp.find(service, NS).get("Location")}

    # What they sent.

    def opened(self, xml):
        """With what is encrypted in it opened, by the xmlsec1 program."""
        command = ["xmlsec1", "--decrypt", "--privkey-pem", os.path.join(self.args.keys, "decryption.key"), "/dev/stdin"]
        return subprocess.run(command, input=xml, capture_output=True, check=True).stdout

    def record(self, name, message, **more):
        xml, ours = xml_of(message), self.ours()
        if b"EncryptedID" in xml:
            xml, ours["decryption_key"] = self.opened(xml), self.key("decryption.key")
        said = ET.fromstring(xml)
        said = next(said.iterfind("soap:Body/*", NS), said)
        expect = {"kind": name.split("-")[-1]}
        if expect["kind"] == "request":
            name_id = next(said.iter(f"{{{NS['saml']}}}NameID"))
            expect |= {"name_id": name_id.text, "name_id_format": name_id.get("Format"),
                       "session_indexes": [index.text for index in said.iterfind("samlp:SessionIndex", NS)],
                       "reason": said.get("Reason"), "not_on_or_after": said.get("NotOnOrAfter")}
        else:
            expect["status"] = [code.get("Value") for code in said.iterfind(".//samlp:StatusCode", NS)]
            if not expect["status"][0].endswith(":Success"):
                expect["code"] = "status-not-success"
        carried = {"redirect": lambda: {"query": message["fields"]["query"]}, "soap": lambda: {"soap": message["body"].decode()},
                   "post": lambda: {"form": {name: message["fields"].get(name) for name in (message["kind"], "RelayState")}}}
        recording = {"provenance": {"product": self.args.product, "version": self.args.version, "date": message["now"][:10]}, "sp": ours,
                     "idp_metadata": self.idp_metadata, "message": carried[message["binding"]](), **more, "now": message["now"], "expect": expect}
        with open(os.path.join(self.args.out, f"{self.args.name}-{name}.json"), "w", encoding="utf-8") as file:
            json.dump(recording, file, indent=1, ensure_ascii=False)
            file.write("\n")


def posted(url, body):
    headers = {"Content-Type": "text/xml", "SOAPAction": '"http://www.oasis-open.org/committees/security"'}
    try:
        with urllib.request.build_opener(NO_PROXY).open(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("browser", "user", "password", "base", "log", "sp-metadata", "idp-metadata", "idp-logout", "keys", "name", "product", "version"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--satisfied", required=True, type=re.compile)
    ap.add_argument("--binding", choices=list(BINDINGS), required=True)
    ap.add_argument("--complaint", nargs=2, metavar=("LOG", "REGEX"))
    ap.add_argument("--forgetful", action="store_true", help="the identity provider keeps no sessions of its own")
    ap.add_argument("--elsewhere", help="where they sign the user in at an application without logout: they answer PartialLogout then")
    ap.add_argument("--twice", action="store_true", help="they answer with an error where the session is over already")
    ap.add_argument("--behind", help="HOST:PORT of the application, for SOAP")
    ap.add_argument("--call", help="the command that begins a logout by SOAP")
    ap.add_argument("out")
    args = ap.parse_args()
    case = Case(args)
    if args.binding == "soap":
        Front.behind = args.behind
        port = int(args.base.rsplit(":", 1)[1])
        front = http.server.ThreadingHTTPServer(("127.0.0.1", port), Front)
        threading.Thread(target=front.serve_forever, daemon=True).start()
        case.they_call()
        case.we_call()
    else:
        case.they_begin()
        case.we_begin()
    return 1 if case.bad else 0


if __name__ == "__main__":
    sys.exit(main())
