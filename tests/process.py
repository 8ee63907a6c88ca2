"""What listens on a port of this machine, and how tests wait for it."""

import os
import signal
import socket
import subprocess
import time
from http.client import HTTPException
from pathlib import Path

import psycopg


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


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
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, **options
            )
        wait_until(self.answers)
        return self

    def knock(self):
        socket.create_connection(("127.0.0.1", self.port)).close()

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            self.knock()
        except (OSError, HTTPException, psycopg.OperationalError):
            return False
        return True

    def stop(self):
        self.process.send_signal(self.ends_by)
        self.process.wait(timeout=40)

    __enter__ = start

    def __exit__(self, *exception):
        self.stop()
