"""Behind the shipped nginx no visitor notices what breaks, and none is written down."""

import os
import re
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from clinic_site.middleware import HEADERS, POLICIES
from clinic_site.styles import DIGEST
from tests import ROOT
from tests.backends import program
from tests.nginx import NAME, Host, Nginx
from tests.server import Staff, clone, failures, load, more, say, wait_until
from tests.test_pages import PATHS

# Asked of gunicorn each time, so that no cache hides what happens there.
NEVER_CACHED = "/healthz"
THREADS = 4  # of a worker, each with one request
ALWAYS = {name: [value] for name, value in HEADERS.items()} | {
    "Strict-Transport-Security": ["max-age=63072000"]
}
# nginx's own pages have no styles inside.
OWN = POLICIES | {"/": POLICIES["/"].replace(f" '{DIGEST}'", "")}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """One machine's gunicorn, in a folder of its own that an upgrade may change."""
    program("nginx")
    folder = tmp_path_factory.mktemp("machine")
    host = Host(folder / "data", root=clone(folder / "srv"))
    shutil.copytree(ROOT / "staticfiles", host.root / "staticfiles")
    with host.prepare():
        yield host


@pytest.fixture(scope="module")
def nginx(host):
    folder = host.root.parent / "nginx"
    with Nginx(folder, program("nginx"), [host], host.root) as nginx:
        nginx.password = host.password
        nginx.make_copies()
        yield nginx


SOMEBODY = re.compile(r"private|127\.0\.1\.|2001:db8")  # who asks, here


def always(answer):
    return {name: answer.headers.get_all(name) for name in ALWAYS}


# What nginx adds


ODD_REQUESTS = {
    "page": (200, "/", {}),
    "missing page": (404, "/nowhere/", {}),
    "staff sign-in": (200, "/admin/login/", {}),
    "static file": (200, "/static/css/site.css", {}),
    "missing static file": (404, "/static/css/none.css", {}),
    "write to a page": (405, "/contact/", {"method": "POST"}),
    "write to a static file": (405, "/static/css/site.css", {"method": "DELETE"}),
    "trace": (405, "/", {"method": "TRACE"}),
    "readiness": (403, "/readyz", {}),
    "path above the root": (400, "/../", {}),
    "long body": (413, "/contact/", {"method": "POST", "body": b"x" * 70_000}),
    "long address": (414, "/" + "x" * 3000, {}),
    "long header": (431, "/", {"X": "x" * 3000}),
    "many headers": (431, "/nowhere/", {f"H{n}": "x" for n in range(70)}),
    "other name": (301, "/elsewhere/", {"Host": "other.example.org"}),
}


@pytest.mark.parametrize("kind", ODD_REQUESTS)
def test_every_kind_of_response_has_each_header_once(nginx, kind):
    status, path, request = ODD_REQUESTS[kind]

    answer = nginx.get(path, **request)

    assert answer.status == status
    assert always(answer) == ALWAYS
    under = next(under for under in POLICIES if path.startswith(under))
    by_nginx = answer.text.startswith("<!doctype html>\n") or status == 301
    policies = OWN if by_nginx else POLICIES
    assert answer.headers.get_all("Content-Security-Policy") == [policies[under]]
    assert (answer.headers.get_all("Allow") == ["GET, HEAD"]) is (status == 405)
    assert answer.headers.get_all("Server") == ["nginx"]  # and no version


@pytest.mark.parametrize("kind", ["long address", "path above the root", "readiness"])
def test_refusal_by_nginx_is_a_page_in_the_look_of_the_site(nginx, kind):
    answer = nginx.get(ODD_REQUESTS[kind][1])

    assert "We could not take that request" in answer.text
    assert "988" in answer.text


@pytest.mark.parametrize("host_name", [NAME, f"www.{NAME}", "127.0.0.1"])
def test_plain_http_is_sent_to_the_public_name_over_tls(nginx, host_name):
    request = f"GET /contact/?a=b HTTP/1.0\r\nHost: {host_name}\r\n\r\n"

    answer = nginx.raw(request, port=nginx.plain_port)

    assert answer.startswith("HTTP/1.1 301 ")
    assert f"\r\nLocation: https://{NAME}/contact/?a=b\r\n" in answer
    assert "\r\nX-Frame-Options: DENY\r\n" in answer
    assert "Strict-Transport-Security" not in answer  # which only TLS may say


def test_speaks_http_2_over_tls(nginx):
    nginx.tls.set_alpn_protocols(["h2", "http/1.1"])
    with nginx.secured(nginx.dial()) as connection:
        chosen = connection.selected_alpn_protocol()
    nginx.tls.set_alpn_protocols([])

    assert chosen == "h2"


def test_static_file_is_compressed_and_kept_for_ever_under_its_hashed_name(nginx):
    path = re.search(r'"(/static/favicon\.\w+\.svg)"', nginx.get("/").text)[1]

    answer = nginx.get(path, Accept_Encoding="gzip")
    by_gunicorn = nginx.get("/static/css/none.css")

    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "immutable" not in by_gunicorn.headers.get("Cache-Control", "")


def test_page_comes_in_the_coding_that_the_visitor_takes(nginx):
    wishes = {
        "gzip, deflate, br, zstd": "br",
        "gzip;q=0.5, br;q=0": "gzip",
        "gzip;q=0": None,
        "": None,
    }

    answers = {wish: nginx.get("/", Accept_Encoding=wish) for wish in wishes}

    assert {w: a.headers["Content-Encoding"] for w, a in answers.items()} == wishes


def test_readiness_is_told_on_the_machine_itself(nginx):
    request = f"GET /readyz HTTP/1.0\r\nHost: {NAME}\r\n\r\n"

    assert '"database": "ok"' in nginx.raw(request, source="127.0.0.1")


# What breaks, and goes unnoticed


def test_toggle_is_soon_on_the_page_that_everyone_gets(nginx):
    message = "We plan to open our list in June."
    nginx.get("/")
    say(Staff(nginx), message)
    with ThreadPoolExecutor(8) as visitors:
        wait_until(
            lambda: all(message in a.text for a in visitors.map(nginx.get, "/" * 8)),
            seconds=5,
        )


DAWDLERS = (
    (300, f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: "),
    (300, f"POST / HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 60000\r\n\r\n"),
    (100, None),
)


def test_700_slow_sockets_do_not_keep_a_visitor_waiting(nginx):
    with ExitStack() as stack:
        for number, start in DAWDLERS:
            for _ in range(number):
                connection = nginx.dial()
                if start:
                    connection = nginx.secured(connection)
                    connection.sendall(start.encode())
                stack.callback(connection.close)
        probes = [nginx.get(path, timeout=5) for path in ["/", NEVER_CACHED] * 20]

    assert {probe.status for probe in probes} == {200}


def test_reload_loses_no_request(nginx, host):
    """Not even of the sign-in page, which keeps gunicorn at work."""
    with load(nginx, *PATHS.values()) as got, load(nginx, "/admin/login/") as of_staff:
        for _ in range(3):
            host.reload()
            more(got)

    assert failures(got) == failures(of_staff) == []


def test_killed_worker_loses_at_most_the_requests_it_held_and_no_page(nginx, host):
    """nginx asks again, unless half of the answer had gone out."""
    kills = 3
    with load(nginx, *PATHS.values()) as got, load(nginx, "/admin/login/") as of_staff:
        for _ in range(kills):
            os.kill(host.workers[0], signal.SIGKILL)
            more(got)
            wait_until(lambda: len(host.workers) == 2)

    assert failures(got) == []
    assert len(failures(of_staff)) <= kills * THREADS


def test_upgrade_loses_no_request(nginx, host):
    with (host.root / "static/css/site.css").open("a") as css:
        css.write(".another-release { color: red; }\n")

    with load(nginx, *PATHS.values(), NEVER_CACHED) as got:
        host.manage("collectstatic", "--noinput", "--verbosity", "0")
        host.reload()
        wait_until(lambda: "another-release" in nginx.get("/").text)
        more(got)

    assert failures(got) == []


# What is left behind; last, when all of the above has been


def test_nothing_but_public_pages_was_ever_cached(nginx):
    """However their addresses were spelled, as each copy could push out another."""
    for odd in (
        "/%63ontact/",
        "/contact%2f",
        "//contact/",
        "/contact/#a",
        "/contact/?",
    ):
        nginx.get(odd)

    keys = {
        re.search(rb"\nKEY: \S+ (.+) \w+\n", path.read_bytes())[1].decode()
        for path in (nginx.folder / "cache").iterdir()
    }

    assert keys == {*PATHS.values(), "/sitemap.xml"}


def test_no_visitor_is_in_any_log(nginx, host):
    """Each request here had much to give away."""
    nginx.get("/?private-question", User_Agent="private-agent", Referer="private-page")
    nginx.get("/" + "x" * 1000)
    nginx.raw("private nonsense\r\n\r\n")
    with nginx.dial() as connection:
        connection.send(b"no handshake\r\n\r\n")

    logs = nginx.logs

    assert '200 GET "/contact/"' in logs
    assert not SOMEBODY.search(logs + host.log.read_text())
    assert "/elsewhere/" not in logs
    assert max(map(len, logs.splitlines())) < 250  # or they would fill the disk
