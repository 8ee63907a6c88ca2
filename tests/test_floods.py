"""Whoever floods the shipped nginx, or hangs behind it, keeps nobody from a page."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import product

import pytest

from tests.backends import program
from tests.nginx import NAME, Host, Nginx
from tests.server import wait_until
from tests.test_pages import PATHS
from tests.test_production import ALWAYS, SOMEBODY, always

SMALL_BEHIND_A_CDN = {
    "worker_processes auto": "worker_processes 1",
    "worker_connections 8000": "worker_connections 100",
    "# set_real_ip_from 192.0.2.0/24": "set_real_ip_from 127.0.0.0/8",
    "# real_ip_header": "real_ip_header",
}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    program("nginx")
    with Host(tmp_path_factory.mktemp("machine") / "data").prepare() as host:
        yield host


@pytest.fixture
def fresh(host, tmp_path):
    """An nginx that has no copies yet."""
    where = tmp_path / "nginx", program("nginx"), [host], host.root
    with Nginx(*where, SMALL_BEHIND_A_CDN) as fresh:
        yield fresh
    assert not SOMEBODY.search(fresh.logs)


def pages_shown(nginx):
    """Return how each page was answered, to visitors who all come at once."""

    def visit(wish):
        answer = nginx.get(wish[0], timeout=4, Accept_Encoding=wish[1])
        return answer.status, answer.headers["Content-Encoding"]

    wishes = list(product(PATHS.values(), ("br", "gzip")))
    with ThreadPoolExecutor(len(wishes)) as visitors:
        return set(visitors.map(visit, wishes))


def test_with_gunicorn_hung_or_dead_pages_stay_and_are_fresh_soon_after(fresh, host):
    fresh.make_copies()
    time.sleep(2)  # until then they count as fresh
    try:
        for pid in (host.process.pid, *host.workers):
            os.kill(pid, signal.SIGSTOP)
        with_it_hung = pages_shown(fresh)
    finally:
        host.kill()
    with_it_dead = pages_shown(fresh)
    admin = fresh.get("/admin/login/")
    host.manage("intake", "closed", "--message", "Back in July.")
    host.start()
    wait_until(lambda: "Back in July." in fresh.get("/").text)

    assert with_it_hung == with_it_dead == {(200, "br"), (200, "gzip")}
    assert admin.status == 502
    assert "Something went wrong on our side" in admin.text
    assert always(admin) == ALWAYS


@pytest.mark.parametrize(
    ("method", "path", "addresses", "is_slowed"),
    [
        ("POST", "/admin/login/", "2001:db8:1:2::%x", True),
        ("GET", "/admin/", "2001:db8:1:2::%x", True),
        ("GET", "/admin/", "2001:db8:1:%x::2", False),
        ("GET", "/", "2001:db8:1:2::%x", False),
    ],
)
def test_flood_by_one_is_slowed(fresh, method, path, addresses, is_slowed):
    """Who owns an IPv6 network has all of its addresses."""
    statuses = {
        fresh.get(path, method, X_Forwarded_For=addresses % number).status
        for number in range(80)
    }

    assert (429 in statuses) is is_slowed


def test_one_visitor_takes_64_connections_to_gunicorn_at_the_most(fresh):
    one, other = "2001:db8::1", "2001:db8:0:1::1"
    start = f"POST / HTTP/1.1\r\nHost: {NAME}\r\nX-Forwarded-For: {one}\r\n"
    with ExitStack() as stack:
        for _ in range(64):
            connection = stack.enter_context(fresh.secured(fresh.dial()))
            connection.sendall(f"{start}Content-Length: 60000\r\n\r\n".encode())
        wait_until(lambda: fresh.get("/", X_Forwarded_For=one).status == 429)
        answer = fresh.get("/", X_Forwarded_For=other)

    assert answer.status == 200


def test_nginx_says_so_when_it_has_no_more_connections(fresh):
    with ExitStack() as stack:

        def another_one_dawdles():
            connection = stack.enter_context(fresh.dial())
            with suppress(OSError):  # it was turned away
                connection.sendall(b"\x16")
            return "[alert]" in fresh.logs

        [another_one_dawdles() for _ in range(100)]
        wait_until(another_one_dawdles)

    assert "worker_connections are not enough\n" in fresh.logs
