"""A page in headless Chromium, driven over a pipe by the DevTools protocol.

    with Browser() as b:
        b.open("file:///tmp/x.html")
        b.js("document.title")
        b.shot("/tmp/x.png")
        b.complaints      what the console, the policy and scripts said
        b.requests        every address that was asked for

The protocol: https://chromedevtools.github.io/devtools-protocol/ (messages end with a zero byte on
descriptors 3 and 4 with --remote-debugging-pipe).
"""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, width=1280, height=900, scripts=True, dark=False):
        self.size = (width, height)
        self.complaints, self.requests = [], []
        self.number, self.buffer, self.session = 0, b"", None
        self.home = tempfile.mkdtemp()
        to_child, self.to = os.pipe()
        self.back, from_child = os.pipe()
        command = [shutil.which("chromium") or "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                   "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
                   "--user-data-dir=" + self.home, "--remote-debugging-pipe", "about:blank"]

        # Their numbers are fixed; both may be in the way of each other.
        def place():
            a, b = os.dup(to_child), os.dup(from_child)
            keep = max(a, b, 10) + 1
            a, b = os.dup2(a, keep), os.dup2(b, keep + 1)
            os.dup2(a, 3)
            os.dup2(b, 4)
        self.process = subprocess.Popen(command, close_fds=False, preexec_fn=place, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                                        env=dict(os.environ, TMPDIR=self.home))
        os.close(to_child)
        os.close(from_child)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        if dark:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.to)
        os.close(self.back)
        shutil.rmtree(self.home, ignore_errors=True)

    def message(self, limit):
        while b"\0" not in self.buffer:
            if not select.select([self.back], [], [], max(0, limit - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self.back, 1 << 20)
            if not more:
                raise EOFError("the browser ended")
            self.buffer += more
        one, self.buffer = self.buffer.split(b"\0", 1)
        said = json.loads(one)
        self.note(said)
        return said

    def note(self, said):
        method, p = said.get("method"), said.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(p["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(p["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(p["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(p["args"]))
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append("dialog: " + p["message"])

    def call(self, method, **params):
        self.number += 1
        order = {"id": self.number, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.to, json.dumps(order).encode() + b"\0")
        limit = time.monotonic() + 120
        while True:
            said = self.message(limit)
            if said.get("id") == self.number:
                if "error" in said:
                    raise RuntimeError(method + ": " + said["error"]["message"])
                return said["result"]

    def open(self, url):
        """Load a page and return the seconds until it was loaded."""
        begin = time.monotonic()
        self.call("Page.navigate", url=url)
        while self.message(begin + 120).get("method") != "Page.loadEventFired":
            pass
        return time.monotonic() - begin

    def js(self, expression):
        """The value of an expression, asked from outside: also where the page may run no script."""
        out = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in out:
            raise RuntimeError(json.dumps(out["exceptionDetails"]))
        return out["result"].get("value")

    def key(self, key, code=None, text=None):
        for kind in "keyDown", "keyUp":
            params = {"type": kind, "key": key, "code": code or key}
            if text and kind == "keyDown":
                params["text"] = text
            self.call("Input.dispatchKeyEvent", **params)

    def click(self, selector):
        """Click with the mouse where an element is."""
        x, y = self.js("(() => { const e = document.querySelector(%s); e.scrollIntoView({block: 'center'});"
                       " const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; })()"
                       % json.dumps(selector))
        for kind in "mousePressed", "mouseReleased":
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def shot(self, path, selector=None, whole=False):
        clip = {}
        if selector:
            box = self.js("(() => { const b = document.querySelector(%s).getBoundingClientRect();"
                          " return [b.left + scrollX, b.top + scrollY, b.width, b.height]; })()" % json.dumps(selector))
            clip = {"clip": dict(zip(("x", "y", "width", "height"), box), scale=1), "captureBeyondViewport": True}
        elif whole:
            clip = {"captureBeyondViewport": True}
        data = self.call("Page.captureScreenshot", format="png", **clip)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def pdf(self, path):
        data = self.call("Page.printToPDF", printBackground=True)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))
