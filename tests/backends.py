"""What listens on a port beside the site: real PostgreSQL and Redis, hardly any mail.

`python -m tests.backends` is `make test-postgresql`.
"""

import atexit
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from glob import glob
from http.client import HTTPException
from pathlib import Path
from random import randrange

import psycopg
import pytest

FOLDERS = os.environ["PATH"], "/usr/sbin", *glob("/usr/lib/postgresql/*/bin")


def missing(what):
    """Skip the test, or in CI fail it."""
    answer = pytest.fail if os.environ.get("CI") else pytest.skip
    answer(f"{what} is missing")


def program(name):
    path = shutil.which(name, path=os.pathsep.join(FOLDERS))
    return path or missing(f"{name}, whose package .ci/run names,")


def free_port():
    """Return one of those that no connection going out takes meanwhile."""
    port = randrange(10_000, 32_768)
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return port
    return free_port()


def wait_until(condition, seconds=30):
    """Return the condition's first true value; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.05)  # asked again and again, as most of it cannot be subscribed to
    return value


class Process:
    """A process that listens on a port, the same from start to start, in a `with`."""

    root = environ = user = None
    log = Path(os.devnull)
    ends_by = signal.SIGTERM

    def start(self):
        with self.log.open("ab") as log:
            options = {"cwd": self.root, "env": self.environ, "user": self.user}
            options["process_group"] = 0  # of its own, with all that it starts
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, **options
            )
        wait_until(self.answers)
        return self

    def knock(self):
        socket.create_connection(("127.0.0.1", self.port)).close()

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        with suppress(OSError, HTTPException, psycopg.OperationalError):
            self.knock()
            return True

    def stop(self, *exception):
        self.process.send_signal(self.ends_by)
        self.process.wait(timeout=40)

    __enter__, __exit__ = start, stop

    def silence(self):
        """Accept connections, as the kernel does, and never answer."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def wake(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self):
        """End all of it at once, as the kernel does when memory is short."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Postgres(Process):
    ends_by = signal.SIGQUIT  # which ends its children too, at once

    def __init__(self):
        postgres = Path(program("postgres"))
        self.root = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, self.root)
        self.port = free_port()
        self.url = f"postgres://clinic@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            self.user = "nobody"
            shutil.chown(self.root, self.user)
        initdb = postgres.resolve().with_name("initdb")
        command = [initdb, "-A", "trust", "-U", "clinic", "data"]
        subprocess.check_output(command, cwd=self.root, user=self.user)
        self.command = [postgres, *f"-D data -k . -p {self.port}".split()]
        self.command += ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]

    def knock(self):
        psycopg.connect(self.url).close()


class Redis(Process):
    ends_by = signal.SIGKILL

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [program("redis-server"), "--bind", "127.0.0.1", "--save", ""]
        self.command += ["--port", str(self.port)]


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.freed.wait()
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                message = iter(self.rfile.readline, b".\r\n")
                self.server.received.append(b"".join(message).decode())
            self.wfile.write(b"250 ok\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, hangs=False):
        super().__init__(("127.0.0.1", 0), Talk)
        self.received, self.freed = [], threading.Event()
        if not hangs:
            self.freed.set()
        self.url = f"smtp://desk%40example.org:@127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever).start()

    def __exit__(self, *exception):
        self.freed.set()  # or a failure would hang too
        self.shutdown()
        self.server_close()


if __name__ == "__main__":
    with Postgres() as postgres:
        environ = os.environ | {"TEST_DATABASE_URL": postgres.url}
        tests = [sys.executable, "-m", "pytest", "-m", "django_db", *sys.argv[1:]]
        sys.exit(subprocess.run(tests, env=environ).returncode)
