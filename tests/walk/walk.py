#!/usr/bin/env python3
"""Secure Share, walked through in a real browser.

    tests/walk/walk.py [--app target/debug/examples/secure_share] [--pictures DIR] [--readme DIR] [WALK...]

WALK is one of `inside` (the identity provider inside), `lax` (the control run: with a cookie that browsers do not send along,
the login must fail, and the trace must say why), `machines` (two instances on one Redis, one of which is killed), `simplesamlphp`
(with --idps, the folder of its start script); without any, the first three. Chromium, its driver and Redis are Debian's packages.
"""
import argparse
import contextlib
import glob
import os
import pathlib
import re
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from webdriver import Browser, Driver

# What the README shows, as a window shows it.
README = {"report-audience", "choose", "page", "space", "rollover-use", "refused-group"}
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
HANDBOOK = "/admin/spaces/handbook"
OTHER = "urn:example:another-service"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"  # mail
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"  # eduPersonAffiliation


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class App:
    """A running instance."""

    def __init__(self, program, *options, log, ahead=None):
        """With a clock that is `ahead`, such as +1h, where it is said."""
        self.log = open(log, "a")
        command = [program, "--support", "help@example.org", *options]
        environment = dict(os.environ)
        if ahead:
            environment |= {"LD_PRELOAD": FAKETIME, "FAKETIME": ahead, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.base, self.admin, self.idp = None, None, None
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"{command} ended: {pathlib.Path(log).read_text()}")
            what, _, url = line.strip().rpartition(" ")
            match what:
                case "ready":
                    self.base = url
                case "administration":
                    self.admin = url
                case "test identity provider":
                    self.idp = url
            if self.admin and (self.idp or "--no-test-idp" in options):
                return

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Walk:
    def __init__(self, driver, pictures, readme):
        self.driver, self.pictures, self.readme, self.browsers = driver, pictures, readme, []

    def browser(self, **options):
        self.browsers.append(Browser(self.driver, **options))
        return self.browsers[-1]

    def administrator(self, app, **options):
        browser = self.browser(**options)
        browser.go(app.admin)
        browser.sees("This service")
        return browser

    def picture(self, browser, name):
        browser.screenshot(self.pictures / f"{name}.png")
        if self.readme and name in README:
            browser.run("scrollTo(0, 0)")
            browser.screenshot(self.readme / f"{name}.png", whole=False)

    def on_a_phone(self, app, provider):
        phone = self.administrator(app, phone=True)
        for path in ["", "/providers", "/spaces", "/spaces/handbook", "/certificates", "/trace", provider.split("/admin")[1]]:
            phone.go(f"{app.base}/admin{path}")
            assert phone.run("return document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide for a phone"
            self.picture(phone, f"phone{path.replace('/', '-')[:20]}")
        return phone

    def end(self, expected=()):
        """No policy was broken, and no script failed, on any page."""
        for browser in self.browsers:
            wrong = [c for c in browser.complaints() if not any(text in c for text in expected)]
            assert not wrong, wrong
            browser.close()
        self.browsers = []


# ---- What administrators do ----

def import_by(admin, app, name, **fields):
    admin.go(f"{app.base}/admin/providers")
    admin.fill("#name", name)
    for field, value in fields.items():
        admin.fill(f"#{field}", value)
    admin.press("Import")
    admin.sees("Attribute mapping")
    return admin.url


def enter_by_hand(admin, app, name, **fields):
    """Up to the page that shows what was read."""
    admin.go(f"{app.base}/admin/providers")
    for field, value in {"name": name, **fields}.items():
        admin.fill(f"#m-{field}", value)
    admin.press("Check")
    admin.sees("SHA-256 fingerprint")


def require_sign_in(admin, app, enforced=True):
    admin.go(app.base + HANDBOOK)
    if bool(admin.run("return document.querySelector('input[name=enforced]').checked")) != enforced:
        admin.click("input[name=enforced]")
    admin.click("#provider option:last-child")
    admin.press("Save", "main section:first-of-type")
    admin.sees("Team handbook")


def create_link(admin, app, page="", groups=""):
    admin.go(app.base + HANDBOOK)
    before = len(admin.all("[data-copy]"))
    admin.click(f'#page option[value="{page}"]')
    admin.fill("#groups", groups)
    admin.press("Create link")
    admin.wait(lambda: len(admin.all("[data-copy]")) > before, "another link")
    return admin.attribute("[data-copy]", "data-copy")


def last_flow(admin, app):
    admin.go(f"{app.base}/admin/trace")
    return admin.text("tbody tr")


# ---- What users do ----

def choose(browser, user, mistake=None, encrypt=False):
    """On the page of the identity provider inside."""
    browser.find("button[name=user]")
    if mistake or encrypt:
        browser.click("summary")
    if mistake:
        browser.click(f"input[name=mistake][value={mistake}]")
    if encrypt:
        browser.click("input[name=encrypt]")
    browser.click(f"button[name=user][value={user}]")


def sign_in(walk, link, user, **choices):
    browser = walk.browser()
    browser.go(link)
    choose(browser, user, **choices)
    return browser


def inside(walk, program, work):
    app = App(program, "--listen", "127.0.0.1:0", "--idp-listen", "127.0.0.1:0", log=work / "inside.log")
    assert app.base.startswith("http://127.0.0.1:") and app.idp.startswith("http://localhost:"), "two sites"
    try:
        admin = walk.administrator(app)
        walk.picture(admin, "service")
        admin.devtools("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        admin.press("Copy")
        admin.sees("Copied")

        # By each of three ways, and by hand.
        metadata = urllib.request.urlopen(app.idp).read().decode()
        page = import_by(admin, app, "Test IdP", url=app.idp.replace("metadata", "{tenant_ID}"), tenant="metadata")
        (work / "idp.xml").write_text(metadata)
        assert import_by(admin, app, "Test IdP", file=str(work / "idp.xml")) == page
        assert import_by(admin, app, "Test IdP", text=metadata) == page
        assert import_by(admin, app, "Test IdP", url=app.idp) == page
        walk.picture(admin, "provider")
        certificate = re.search(r"X509Certificate>([^<]+)<", metadata)[1]
        enter_by_hand(admin, app, "By hand", entity_id="https://idp.example/saml", sso_url="https://idp.example/sso", certificate=certificate)
        walk.picture(admin, "manual")
        admin.press("Save")
        admin.sees("https://idp.example/sso")
        admin.press("Delete By hand")
        admin.sees("Import from metadata")

        # Test configuration: passing, and each way of failing.
        def test(user, mistake=None):
            admin.go(page)
            admin.press("Test configuration")
            choose(admin, user, mistake)
            admin.sees("Nobody was signed in")
        test("alice")
        admin.sees("This login would be accepted.")
        walk.picture(admin, "report-accepted")
        for mistake, code in [("audience", "audience-mismatch"), ("key", "signature-wrong-key"),
                              ("clock", "conditions-window"), ("unsigned", "signature-missing")]:
            test("alice", mistake)
            admin.sees(code)
            walk.picture(admin, f"report-{mistake}")
        test("alice", "email")
        admin.sees("it has no e-mail address")
        walk.picture(admin, "report-email")
        # What did arrive is one button away; and back to the names that are known.
        admin.press("E-mail", "tr:has(input[value=displayName])")
        admin.sees("Attribute mapping")
        assert admin.attribute("#email", "value") == "displayName"
        admin.fill("#email", "")
        admin.press("Save")

        # A link that a group may open: one user in, one refused.
        require_sign_in(admin, app)
        link = create_link(admin, app, "welcome", "engineering\nboard")
        everything = create_link(admin, app)
        walk.picture(admin, "space")
        alice = walk.browser()
        alice.go(link)
        alice.find("button[name=user]")
        walk.picture(alice, "choose")
        choose(alice, "alice")
        alice.sees("This wiki is shared")
        assert alice.url == f"{link}/welcome"
        walk.picture(alice, "page")
        bob = sign_in(walk, link, "bob")
        bob.sees("for another group")
        assert "engineering" in bob.text() and "sales" not in bob.text()
        walk.picture(bob, "refused-group")
        bob.go(app.base)
        bob.sees("All pages")
        walk.picture(bob, "home")

        # Enforcement off and on.
        require_sign_in(admin, app, enforced=False)
        stranger = walk.browser()
        stranger.go(everything)
        stranger.sees("On call")
        require_sign_in(admin, app)
        stranger.go(everything)
        stranger.find("button[name=user]")

        # A rollover without a failed login: before, between and after the clicks, encrypted and not; one begun before a click.
        for click in ["Make a new key", "Use the new key", "Forget the old key"]:
            across = walk.browser()
            across.go(f"{everything}/on-call")
            across.find("button[name=user]")
            admin.go(f"{app.base}/admin/certificates")
            walk.picture(admin, f"rollover-{click.split()[0].lower()}")
            admin.press(click, "main section:last-of-type li.due form")
            admin.wait(lambda: click not in admin.text("li.due"), "the next step")
            choose(across, "carol")
            across.sees("Tuesday at ten")
            sign_in(walk, f"{everything}/on-call", "carol", encrypt=True).sees("Tuesday at ten")
        admin.sees("current")

        # Logout, from here and from there.
        alice.press("Sign out")
        alice.sees("signed out of every application")
        walk.picture(alice, "signed-out")
        alice.go(link)
        choose(alice, "alice")
        alice.sees("This wiki is shared")
        alice.go(app.idp.replace("metadata", ""))
        walk.picture(alice, "idp")
        for _ in alice.all("button[name=session]"):
            alice.click("button[name=session]")
            alice.sees("ended the session too")
            alice.go(app.idp.replace("metadata", ""))
        alice.go(link)
        alice.find("button[name=user]")

        # Where it begins at the identity provider.
        admin.go(page)
        admin.click("input[name=unsolicited]")
        admin.press("Save")
        alice.go(app.idp.replace("metadata", ""))
        alice.click("button[name=user][value=alice]")
        alice.sees("Everything that you may see here")

        # A deleted page, an expired link, a foreign one.
        alice.go(f"{everything}/nothing")
        alice.sees("This page is not here")
        alice.go(f"{app.base}/s/nothing")
        alice.sees("This link is not here")
        admin.go(f"{app.base}/admin/trace")
        walk.picture(admin, "trace")

        # On a phone, and in the dark.
        phone = walk.on_a_phone(app, page)
        phone.go(link)
        choose(phone, "alice")
        phone.sees("This wiki is shared")
        walk.picture(phone, "phone-page")
        dark = walk.administrator(app, dark=True)
        walk.picture(dark, "dark-service")
        # What pages that refuse are answered with is no complaint about them.
        walk.end(expected=["status of 403", "status of 404"])
    finally:
        app.kill()


def lax(walk, program, work):
    """The cookie of a pending login is Lax: browsers do not send it with the answer, which is a form of another site."""
    app = App(program, "--listen", "127.0.0.1:0", "--idp-listen", "127.0.0.1:0", "--pending-cookie", "lax", log=work / "lax.log")
    try:
        admin = walk.administrator(app)
        import_by(admin, app, "Test IdP", url=app.idp)
        require_sign_in(admin, app)
        user = sign_in(walk, create_link(admin, app), "alice")
        user.sees("You could not be signed in")
        walk.picture(user, "lax")
        flow = last_flow(admin, app)
        assert "pending-missing" in flow and "SameSite" in flow, flow
        walk.end(expected=["status of 403", "favicon.ico"])
    finally:
        app.kill()


# ---- Several machines ----

class Balancer(socketserver.ThreadingTCPServer):
    """One address; what comes to it goes to one of the instances, or to the next where that one is gone."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Forward)
        self.targets = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Forward(socketserver.BaseRequestHandler):
    def handle(self):
        for port in list(self.server.targets):
            with contextlib.suppress(ConnectionRefusedError):
                instance = socket.create_connection(("127.0.0.1", port))
                break
        else:
            return
        back = threading.Thread(target=pump, args=(instance, self.request), daemon=True)
        back.start()
        pump(self.request, instance)
        back.join()


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def post(url, fields, cookies=""):
    """As a browser of somebody who has the form."""
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), {"Cookie": cookies})
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def machines(walk, program, work):
    redis_port, balancer = free_port(), Balancer()
    redis = subprocess.Popen(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                              "--dir", str(work)], stdout=subprocess.DEVNULL)
    shared = ["--base-url", f"http://127.0.0.1:{balancer.server_address[1]}", "--database", str(work / "shared.db"),
              "--redis", f"redis://127.0.0.1:{redis_port}"]
    instances = []

    def start(*options):
        port = free_port()
        instances.append(App(program, "--listen", f"127.0.0.1:{port}", *shared, *options, log=work / "machines.log"))
        return port
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", redis_port)).close()
                break
            time.sleep(0.05)
        # The third one only lends its identity provider.
        start("--idp-listen", "127.0.0.1:0")
        lender = instances[0]
        one, other = start("--no-test-idp"), start("--no-test-idp")
        app = instances[1]
        balancer.targets = [one]
        admin = walk.administrator(app)
        page = import_by(admin, app, "Test IdP", url=lender.idp)
        require_sign_in(admin, app)
        link = create_link(admin, app, "welcome")
        # In at one, and known at the other.
        alice = sign_in(walk, link, "alice")
        alice.sees("This wiki is shared")
        balancer.targets = [other]
        alice.go(f"{link}/welcome")
        alice.sees("This wiki is shared")
        # A login that begins at one and ends at the other, which is all that is left.
        balancer.targets = [one]
        bob = walk.browser()
        bob.go(link)
        bob.find("button[name=user]")
        balancer.targets = [one, other]
        instances[1].kill()
        choose(bob, "bob")
        bob.sees("This wiki is shared")
        alice.go(f"{link}/welcome")
        alice.sees("This wiki is shared")
        # An answer that was taken at one is taken by no other: it is known there.
        balancer.targets = [other]
        admin.go(page)
        admin.click("input[name=unsolicited]")
        admin.press("Save")
        third = start("--no-test-idp")
        portal = lender.idp.replace("metadata", "start")
        form = post(portal, {"user": "alice"})[2]
        answer = {"SAMLResponse": re.search(r'name="SAMLResponse" value="([^"]+)"', form)[1]}
        taken = post(f"http://127.0.0.1:{other}/saml/acs", answer)
        assert taken[0] == 303, taken
        replayed = post(f"http://127.0.0.1:{third}/saml/acs", answer)
        assert replayed[0] == 403, replayed
        assert "replayed" in last_flow(admin, app)
        # Logged out at one, gone at the other.
        alice.press("Sign out")
        alice.sees("signed out of every application")
        balancer.targets = [third]
        alice.go(link)
        alice.find("button[name=user]")
        walk.end(expected=["status of 403", "favicon.ico"])
    finally:
        for instance in instances:
            instance.kill()
        redis.kill()
        balancer.shutdown()


# ---- SimpleSAMLphp ----

def simplesamlphp(walk, program, work, idps):
    state, port, listen = work / "simplesamlphp", free_port(), free_port()
    # It is at 127.0.0.1, so that the application has to be another site.
    options = ["--listen", f"127.0.0.1:{listen}", "--base-url", f"http://localhost:{listen}", "--no-test-idp", "--database", str(work / "share.db")]
    app = App(program, *options, log=work / "ssp.log")
    state.mkdir(exist_ok=True)

    def tell():
        """It reads our metadata again."""
        ours = urllib.request.urlopen(f"{app.base}/saml/metadata").read().decode()
        ours = re.sub(r"<\?xml.*?\?>", "", ours)
        # And of another service, whose answers come to our URL.
        other = f'<md:EntityDescriptor entityID="{OTHER}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' \
            f'<md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{app.base}/saml/acs"/>' \
            "</md:SPSSODescriptor></md:EntityDescriptor>"
        both = f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{ours}{other}</md:EntitiesDescriptor>'
        for place in (work / "sp.xml", state / "sp-metadata.xml"):
            place.write_text(both)

    def password(browser):
        browser.fill("input[name=username]", "alice")
        browser.fill("input[name=password]", "alice-password")
        browser.click("input[name=username] ~ button, button[type=submit], input[type=submit], #submit_button, form button")
    tell()
    (state / "options.json").write_text('{"sign": "both", "want_logout_signed": true}')

    subprocess.run([f"{idps}/simplesamlphp/start.sh", "--sp-metadata", work / "sp.xml", "--port", str(port), "--state", state],
                   check=True, stdout=subprocess.DEVNULL)
    metadata_url = f"http://127.0.0.1:{port}/simplesaml/saml2/idp/metadata.php"
    try:
        admin = walk.administrator(app)
        page = import_by(admin, app, "SimpleSAMLphp", url=metadata_url)
        xml = urllib.request.urlopen(metadata_url).read().decode()
        (work / "ssp.xml").write_text(xml)
        assert import_by(admin, app, "SimpleSAMLphp", file=str(work / "ssp.xml")) == page
        assert import_by(admin, app, "SimpleSAMLphp", text=xml) == page
        assert import_by(admin, app, "SimpleSAMLphp", url=metadata_url) == page

        # Passing.
        def test():
            admin.go(page)
            admin.press("Test configuration")
        test()
        password(admin)
        admin.sees("This login would be accepted.")
        admin.sees(AFFILIATION)
        walk.picture(admin, "simplesamlphp-report")

        # By hand: with its certificate, and with another one.
        def by_hand(certificate):
            enter_by_hand(admin, app, "SimpleSAMLphp", entity_id=metadata_url, certificate=certificate,
                          sso_url=metadata_url.replace("metadata", "SSOService"), slo_url=metadata_url.replace("metadata", "SingleLogoutService"))
            admin.press("Save")
            admin.sees("Attribute mapping")
            assert admin.url == page
        by_hand((state / "idp.crt").read_text())
        test()
        admin.sees("This login would be accepted.")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=another", "-keyout", work / "other.key",
                        "-out", work / "other.crt"], check=True, stderr=subprocess.DEVNULL)
        by_hand((work / "other.crt").read_text())
        test()
        admin.sees("signature-wrong-key")
        import_by(admin, app, "SimpleSAMLphp", url=metadata_url)
        # Without a signature; without an e-mail address.
        (state / "options.json").write_text('{"sign": "none"}')
        test()
        admin.sees("signature-missing")
        (state / "options.json").write_text('{"sign": "both", "want_logout_signed": true}')
        admin.go(page)
        admin.fill("#email", "no such attribute")
        admin.press("Save")
        test()
        admin.sees("it has no e-mail address")
        admin.press("E-mail", f"tr:has(input[value='{MAIL}'])")
        admin.sees("Attribute mapping")
        assert admin.attribute("#email", "value") == MAIL
        # With a clock that is an hour behind ours.
        app.kill()
        app = App(program, *options, log=work / "ssp.log", ahead="+1h")
        test()
        admin.sees("conditions-window")
        app.kill()
        app = App(program, *options, log=work / "ssp.log")
        # For another audience: it begins such a login by itself.
        admin.go(page)
        admin.click("input[name=unsolicited]")
        admin.press("Save")
        admin.go(f"{metadata_url.replace('metadata', 'SSOService')}?spentityid={OTHER}")
        admin.sees("You could not be signed in")
        assert "audience-mismatch" in last_flow(admin, app)

        # Groups by the attribute that it has for them.
        admin.go(page)
        admin.fill("#groups", AFFILIATION)
        admin.press("Save")
        require_sign_in(admin, app)
        staff, board = create_link(admin, app, "welcome", "staff"), create_link(admin, app, "on-call", "board")
        alice = walk.browser()
        alice.go(staff)
        password(alice)
        alice.sees("This wiki is shared")
        alice.go(board)
        alice.sees("for another group")
        require_sign_in(admin, app, enforced=False)
        stranger = walk.browser()
        stranger.go(create_link(admin, app))
        stranger.sees("On call")
        require_sign_in(admin, app)

        for click in ["Make a new key", "Use the new key", "Forget the old key"]:
            admin.go(f"{app.base}/admin/certificates")
            admin.press(click, "main section:last-of-type li.due form")
            admin.wait(lambda: click not in admin.text("li.due"), "the next step")
            # Once with the metadata that it has, once with ours of now.
            for _ in range(2):
                user = walk.browser()
                user.go(staff)
                password(user)
                user.sees("This wiki is shared")
                tell()

        alice.press("Sign out")
        alice.sees("signed out of every application")
        alice.go(staff)
        password(alice)
        alice.sees("This wiki is shared")
        alice.go(f"http://127.0.0.1:{port}/simplesaml/saml2/idp/SingleLogoutService.php?ReturnTo={urllib.parse.quote(staff)}")
        alice.find("input[name=username]")
        alice.go(staff)
        alice.find("input[name=username]")
        phone = walk.on_a_phone(app, page)
        phone.go(staff)
        password(phone)
        phone.sees("This wiki is shared")
        walk.end(expected=["status of 403", f"127.0.0.1:{port}"])
    finally:
        app.kill()
        subprocess.run(["kill", (state / "pid").read_text().strip()], check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--app", default="target/debug/examples/secure_share")
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--readme", type=pathlib.Path)
    parser.add_argument("--idps")
    parser.add_argument("walks", nargs="*", metavar="WALK", default=["inside", "lax", "machines"])
    options = parser.parse_args()
    driver = Driver()
    try:
        for name in options.walks:
            with tempfile.TemporaryDirectory() as work:
                work = pathlib.Path(work)
                pictures = options.pictures or work
                pictures.mkdir(parents=True, exist_ok=True)
                walk, begun = Walk(driver, pictures, options.readme), time.monotonic()
                more = [options.idps] if name == "simplesamlphp" else []
                try:
                    {"inside": inside, "lax": lax, "machines": machines, "simplesamlphp": simplesamlphp}[name](walk, options.app, work, *more)
                except Exception:
                    for number, browser in enumerate(walk.browsers):
                        with contextlib.suppress(Exception):
                            browser.screenshot(pictures / f"failed-{name}-{number}.png")
                    raise
                print(f"{name}: walked in {time.monotonic() - begun:.0f} s")
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
