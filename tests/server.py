"""The real site for tests: gunicorn with the shipped configuration."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from tests import ROOT
from tests.backends import Process, free_port, wait_until

FORM = "/admin/pages/clinic/add/"  # where staff change the facts
SENT = "textarea[name], input[name]:not([type=submit], [type=checkbox]:not([checked]))"

# Root may read and write any file; without this, no test could take a file away.
WITHOUT_ROOTS_REACH = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def clone(folder, *built):
    """Copy the project as a newcomer gets it, and only what is named of the rest."""
    ignored = (ROOT / ".gitignore").read_text().replace("/", "").split()
    ignore = shutil.ignore_patterns(".git", *ignored)
    for name in built:
        shutil.copytree(ROOT / name, folder / name)
    return shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)


def adapted(text, places):
    """Return a shipped text with other places in it, as an owner would adapt it."""
    for shipped, here in places.items():
        assert shipped in text, shipped
        text = text.replace(shipped, str(here))
    return text


class Server:
    """What answers at an origin; it is asked over a new connection each time."""

    headers = {}  # of every request, as a proxy may add them

    def dial(self, timeout=10, source="127.0.0.1", port=None):
        address = "127.0.0.1", port or self.port
        return socket.create_connection(address, timeout, source_address=(source, 0))

    def secured(self, connection):
        return connection

    def raw(self, request, **dial):
        """Send text that no client library would, and return the whole answer."""
        with self.secured(self.dial(**dial)) as connection:
            connection.sendall(request.encode())
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def get(self, path, method="GET", body=None, timeout=10, **headers):
        """Ask once. Header names are given with underscores."""
        headers = self.headers | headers
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection(self.name)) as connection:
            connection.sock = self.secured(self.dial(timeout))
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            answer.body = answer.read()
            answer.text = answer.body.decode(errors="replace")
            return answer


class Site(Server, Process):
    """One gunicorn with the shipped configuration and its own data folder."""

    password = "a long secret"  # of its first user

    def __init__(self, data_dir, root=ROOT, app="clinic_site.wsgi", **variables):
        self.data_dir = data_dir
        self.root = root
        self.command = [] if os.geteuid() else WITHOUT_ROOTS_REACH
        self.command = [*self.command, sys.executable, "-m", "gunicorn", app]
        self.port = free_port()
        self.name = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.name}"
        self.log = data_dir.with_suffix(".log")
        self.environ = os.environ | {
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATABASE_URL": "",
            "DATA_DIR": str(data_dir),
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
            "DJANGO_SUPERUSER_PASSWORD": self.password,
            "HTTPS": "false",
            "PORT": str(self.port),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "WEB_CONCURRENCY": "2",
            **variables,
        }

    def run(self, *arguments):
        kept = {"capture_output": True, "text": True}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.root, env=self.environ, **kept)

    def manage(self, *arguments):
        result = self.run("manage.py", *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def prepare(self):
        self.manage("migrate", "-v0")
        self.manage("createsuperuser", "--no-input", "--username=owner", "--email=")
        return self

    def knock(self):
        self.get("/healthz")

    @property
    def workers(self):
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split()]

    def reload(self):
        before = {*self.workers}
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: before.isdisjoint(self.workers))


def filled(html, **values):
    """Return what a browser would send of a page's longest form.

    None leaves a field out, as an unticked box does.
    """
    document = BeautifulSoup(html, "html.parser")
    boxes = max((form.select(SENT) for form in document("form")), key=len)
    fields = {
        field["name"]: field.get_text().removeprefix("\n")
        or field.get("value", "on" * (field.get("type") == "checkbox"))
        for field in boxes
    }
    return {k: v for k, v in (fields | values).items() if v is not None}


class Stranger:
    """Somebody without a browser, who keeps cookies and fills in forms."""

    def __init__(self, site):
        self.site = site
        self.cookies = {}

    def ask(self, path, method="GET", body=None, **headers):
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        answer = self.site.get(path, method, body=body, **headers)
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def fill(self, path, **values):
        return filled(self.ask(path).text, **values)

    def send(self, path, values, **headers):
        headers["Content_Type"] = "application/x-www-form-urlencoded"
        return self.ask(path, "POST", urlencode(values), **headers)

    def post(self, path, **values):
        return self.send(path, self.fill(path, **values))


class Staff(Stranger):
    def __init__(self, site):
        super().__init__(site)
        owner = {"username": "owner", "password": site.password}
        self.signed_in = self.post("/admin/login/", **owner)


@contextmanager
def load(server, *paths):
    """Four visitors ask for the paths in turn while the block runs; all get a 200."""
    stop = threading.Event()

    def visit(_):
        for path in cycle(paths):
            status = server.get(path).status
            assert status == 200, (path, status)
            if stop.wait(0.005):  # the machine may be small
                return

    with ThreadPoolExecutor(4) as pool:
        visits = pool.map(visit, range(4))
        try:
            yield
        finally:
            stop.set()
    assert [*visits] == [None] * 4  # or what one raised
