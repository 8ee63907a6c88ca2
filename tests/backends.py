"""Real PostgreSQL and Redis for tests, and just enough of a mail server."""

import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from tests.server import free_port, wait_until

INSTALL = {
    "nginx": "apt install nginx-light",
    "pg_dump": "apt install postgresql",
    "pg_restore": "apt install postgresql",
    "postgres": "apt install postgresql",
    "redis-server": "apt install redis",
    "systemd-analyze": "apt install systemd",
}


def program(name):
    """Return the path of a server's program; without it skip, or in CI fail."""
    folders = [
        os.environ["PATH"],
        "/usr/sbin",
        *map(str, Path("/usr/lib/postgresql").glob("*/bin")),
    ]
    if path := shutil.which(name, path=os.pathsep.join(folders)):
        return path
    answer = pytest.fail if os.environ.get("CI") else pytest.skip
    answer(f"{name} is missing: {INSTALL[name]}")


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


class Backend:
    """A server process that keeps its port and its data from start to start."""

    user = None
    folder = None
    crash = signal.SIGKILL

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            user=self.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self.answers)

    def kill(self):
        """Stop at once, as a crash would; from then on connections are refused."""
        self.process.send_signal(self.crash)
        self.process.wait(timeout=20)

    def stop(self):
        self.kill()
        if self.folder:
            shutil.rmtree(self.folder)

    def silence(self):
        """Accept connections, as the kernel does, and never answer."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)


class Postgres(Backend):
    crash = signal.SIGQUIT  # which ends its children too

    def __init__(self):
        postgres = Path(program("postgres"))
        self.folder = Path(tempfile.mkdtemp())
        self.port = free_port()
        self.url = f"postgres://clinic@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            self.user = "nobody"
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        subprocess.run(
            [
                postgres.resolve().with_name("initdb"),
                *("-A", "trust", "-U", "clinic", "data"),
            ],
            cwd=self.folder,
            user=self.user,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.command = [
            *(postgres, "-D", "data", "-k", ".", "-p", str(self.port)),
            *("-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"),
        ]
        self.start()

    def answers(self):
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis(Backend):
    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.command = [
            *(program("redis-server"), "--save", ""),
            *("--bind", "127.0.0.1", "--port", str(self.port)),
        ]
        self.start()

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True
