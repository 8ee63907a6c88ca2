"""The real site for tests: gunicorn with the shipped configuration."""

import http.client
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import Message
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from tests import ROOT

# Root may read and write any file; without this, no test could take a file away.
WITHOUT_ROOTS_REACH = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and shutil.which("setpriv")
    else []
)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until(condition, seconds=30):
    """Return the condition's first true value; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.05)
    return value


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self):
        return self.body.decode()


class Site:
    """One gunicorn with its own data folder; use it in a `with` statement."""

    def __init__(self, data_dir, **variables):
        self.data_dir = data_dir
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_suffix(".log")
        self.headers = {}  # of every request, as a proxy may add them
        self.environ = os.environ | {
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATA_DIR": str(data_dir),
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
            "HTTPS": "false",
            "PORT": str(self.port),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "WEB_CONCURRENCY": "2",
            **variables,
        }

    def manage(self, *arguments):
        """Run a management command and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def prepare(self):
        """Make the database and its first user."""
        self.manage("migrate", "--verbosity", "0")
        found = re.search(r"once: (\S+)", self.manage("first_user"))
        self.password = found and found.group(1)
        return self

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *WITHOUT_ROOTS_REACH,
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "clinic_site.wsgi",
                ],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        wait_until(self.answers)
        return self

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=40)

    __enter__ = start

    def __exit__(self, *exception):
        self.stop()

    def get(self, path, method="GET", timeout=10, body=None, **headers):
        """Ask once over a new connection. Header names are given with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        start = time.monotonic()
        try:
            headers = self.headers | headers
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            content = response.read()
            seconds = time.monotonic() - start
            return Answer(response.status, response.headers, content, seconds)
        finally:
            connection.close()


class Staff:
    """A signed-in staff user without a browser."""

    def __init__(self, site, path="/admin/login/"):
        self.site = site
        self.cookies = {}
        self.signed_in = self.post(path, username="owner", password=site.password)

    def ask(self, path, method="GET", body=None, **headers):
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        answer = self.site.get(path, method, body=body, **headers)
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer

    def fill(self, path, **values):
        """Load the form at `path` and return what a browser would send of it.

        None leaves a field out, as an unticked box does.
        """
        forms = BeautifulSoup(self.ask(path).body, "html5lib").find_all("form")
        form = max(forms, key=lambda form: len(form.find_all(["input", "textarea"])))
        fields = {
            field["name"]: field.get_text() or field.get("value", "")
            for field in form.find_all(["input", "textarea"])
            if field.get("type") not in ("submit", "checkbox")
            or field.has_attr("checked")
        }
        return {k: v for k, v in (fields | values).items() if v is not None}

    def send(self, path, values):
        kind = "application/x-www-form-urlencoded"
        return self.ask(path, "POST", urlencode(values), Content_Type=kind)

    def post(self, path, **values):
        return self.send(path, self.fill(path, **values))
