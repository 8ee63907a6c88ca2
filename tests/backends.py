"""Real PostgreSQL and Redis for tests, and just enough of a mail server."""

import atexit
import os
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
from glob import glob
from pathlib import Path

import psycopg
import pytest

from tests.process import Process, free_port

FOLDERS = os.environ["PATH"], "/usr/sbin", *glob("/usr/lib/postgresql/*/bin")


def program(name):
    """Return the path of a server's program; without it skip, or in CI fail."""
    if path := shutil.which(name, path=os.pathsep.join(FOLDERS)):
        return path
    answer = pytest.fail if os.environ.get("CI") else pytest.skip
    answer(f"{name} is missing: .ci/run names its package")


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
    """Takes mail, unless it hangs; use it in a `with` statement."""

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


class Backend(Process):
    """Ended, it refuses connections; as after a crash, it finds its data again."""

    ends_by = signal.SIGKILL

    def silence(self):
        """Accept connections, as the kernel does, and never answer."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)


class Postgres(Backend):
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


class Redis(Backend):
    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [program("redis-server"), "--bind", "127.0.0.1", "--save", ""]
        self.command += ["--port", str(self.port)]
