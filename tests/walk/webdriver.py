"""A browser for the walk: Chromium by the W3C WebDriver protocol, on the standard library alone."""
import base64
import contextlib
import json
import re
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name of an element's reference (WebDriver, 11)
PATIENCE = 20


class Driver:
    """chromedriver, on a port of its own choice."""

    def __init__(self):
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                self.url = f"http://127.0.0.1:{found[1]}"
                return
        raise RuntimeError("chromedriver did not start")

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise LookupError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def quit(self):
        self.process.kill()
        self.process.wait()


class Browser:
    """One window with cookies of its own, as a person has it."""

    def __init__(self, driver, size=(1200, 900), phone=False, dark=False):
        self.driver = driver
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        options = {"args": [*arguments, f"--window-size={size[0]},{size[1]}"]}
        if phone:
            options["mobileEmulation"] = {"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0}}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = driver.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})["sessionId"]
        self.path = f"/session/{session}"
        if dark:
            features = [{"name": "prefers-color-scheme", "value": "dark"}]
            self.devtools("Emulation.setEmulatedMedia", features=features)

    def _call(self, method, path, body=None):
        return self.driver.call(method, self.path + path, body)

    def devtools(self, command, **parameters):
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def go(self, url):
        self._call("POST", "/url", {"url": url})

    @property
    def url(self):
        return self._call("GET", "/url")

    def all(self, css):
        found = self._call("POST", "/elements", {"using": "css selector", "value": css})
        return [next(iter(element.values())) for element in found]

    def find(self, css):
        """The first element; waits for it, since the page before may still be going away."""
        return self.wait(lambda: (self.all(css) or [None])[0], css)

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(LookupError):  # an element of the page before
                if result := condition():
                    return result
            if time.monotonic() > end:
                raise AssertionError(f"{what!r} did not come up at {self.url}, where it says:\n{self.text()}")
            time.sleep(0.05)

    def text(self, css="body"):
        return self._call("GET", f"/element/{self.all(css)[0]}/text")

    def sees(self, text):
        """Waits until the page says so."""
        self.wait(lambda: text in self.text(), text)

    def attribute(self, css, name):
        return self._call("GET", f"/element/{self.find(css)}/attribute/{name}")

    def click(self, css):
        self._click(self.find(css))

    def press(self, label, within="body"):
        """A button or a link, by what stands on it."""
        def one():
            fitting = [e for e in self.all(f"{within} button, {within} a, {within} summary") if self._says(e) == label]
            return fitting[0] if fitting else None
        self._click(self.wait(one, label))

    def _click(self, element):
        """Where it leads to another page, that page has to come: else what is done next may still be undone by it."""
        leads = self.run("""window.before = true;
            return arguments[0].matches('a[href]:not([href^="#"]), form button:not([type=button])')""", {ELEMENT: element})
        self._call("POST", f"/element/{element}/click")
        if leads:
            self.wait(lambda: self.run("return !window.before && document.readyState === 'complete'"), "another page")

    def _says(self, element):
        return self._call("GET", f"/element/{element}/text").strip()

    def fill(self, css, text):
        element = self.find(css)
        if self._call("GET", f"/element/{element}/property/type") != "file":
            self._call("POST", f"/element/{element}/clear")
        self._call("POST", f"/element/{element}/value", {"text": text})

    def run(self, script, *arguments):
        return self._call("POST", "/execute/sync", {"script": script, "args": arguments})

    def screenshot(self, path, whole=True):
        """The whole page, or what the window shows of it."""
        picture = self.devtools("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        path.write_bytes(base64.b64decode(picture["data"]))

    def complaints(self):
        """What the browser has to say about the pages: what a policy forbade, scripts that failed."""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]

    def close(self):
        self._call("DELETE", "")
