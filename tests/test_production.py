"""Behind the shipped nginx no visitor notices what breaks, and none is written down."""

import re
from contextlib import ExitStack
from itertools import product

import pytest
from django.templatetags.static import static

from clinic_site.middleware import POLICIES
from pages.templatetags.machines import DIGEST
from tests.nginx import NAME, Host, Nginx
from tests.screens import PATHS
from tests.server import clone, load, wait_until
from tests.test_surface import ALWAYS, asked

SOMEBODY = re.compile(r"private|127\.0\.1\.|2001:db8")  # who asks, here
# nginx's own pages have no styles inside.
OWN = POLICIES | {"/": POLICIES["/"].replace(f" '{DIGEST}'", "")}
BROWSER = {"Accept_Encoding": "gzip, deflate, br, zstd"}
KEPT_FOR_EVER = {
    "Cache-Control": "max-age=315360000, public, immutable",
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
}
GET_AND_HEAD = {"Allow": "GET, HEAD"}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """One machine's gunicorn, in a folder of its own that an upgrade may change."""
    folder = tmp_path_factory.mktemp("machine")
    host = Host(folder / "data", root=clone(folder / "srv", "staticfiles"))
    del host.environ["SECURITY_CONTACT"]  # which .env says instead
    (host.root / ".env").write_text("SECURITY_CONTACT=mailto:a@example.org\n")
    with host.prepare():
        yield host


@pytest.fixture(scope="module")
def nginx(host):
    with Nginx(host.root.parent / "nginx", [host], host.root) as nginx:
        nginx.make_copies()
        yield nginx


# Each kind of answer: its status, how to ask for it, and what else its headers say.
KINDS = {
    "page as most ask": (200, "/", BROWSER, {"Content-Encoding": "br"}),
    "staff sign-in": (200, "/admin/login/", {}),
    "static file": (200, static("favicon.svg"), BROWSER, KEPT_FOR_EVER),
    "write to a page": (405, "/contact/", {"method": "POST"}, GET_AND_HEAD),
    "trace": (405, "/", {"method": "TRACE"}, GET_AND_HEAD),
    "readiness": (403, "/readyz", {}),
    "long body": (413, "/contact/", {"method": "POST", "body": b"x" * 70_000}),
    "long address": (414, "/" + "x" * 3000, {}),
    "long header": (431, "/", {"X": "x" * 3000}),
    "many headers": (431, "/nowhere/", {f"H{n}": "x" for n in range(70)}),
    "other name": (301, "/elsewhere/", {"Host": "other.example.org"}),
}
BY_NGINX = list(KINDS)[list(KINDS).index("trace") :]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_response_has_each_header_once(nginx, kind):
    status, path, request, *more = KINDS[kind]
    under = next(filter(path.startswith, POLICIES))
    policy = (OWN if kind in BY_NGINX else POLICIES)[under]
    # And no version of the server.
    told = ALWAYS | {"Content-Security-Policy": policy, "Server": "nginx"}
    told |= {"Allow": None} | dict(*more)

    answer = asked(nginx, status, path, request, told)

    if kind in BY_NGINX and kind not in ("many headers", "other name"):
        assert "We could not take that request" in answer.text


def test_plain_http_is_sent_to_the_public_name_over_tls(nginx):
    request = f"GET /contact/?a=b HTTP/1.0\r\nHost: www.{NAME}\r\n\r\n"

    answer = nginx.raw(request, port=nginx.plain_port)

    assert answer.startswith("HTTP/1.1 301 ")
    assert f"\r\nLocation: https://{NAME}/contact/?a=b\r\n" in answer
    assert "\r\nX-Frame-Options: DENY\r\n" in answer
    assert "Strict-Transport-Security" not in answer  # which only TLS may say


def test_one_visitor_takes_64_connections_to_gunicorn_at_the_most(nginx):
    one, other = "2001:db8::1", "2001:db8:0:1::1"
    start = f"POST / HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 60000\r\n"
    start += f"X-Forwarded-For: {one}\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(64):
            connection = stack.enter_context(nginx.secured(nginx.dial()))
            connection.sendall(start.encode())
        wait_until(lambda: nginx.get("/", X_Forwarded_For=one).status == 429)
        assert nginx.get("/", X_Forwarded_For=other).status == 200


@pytest.mark.parametrize(
    ("method", "path", "addresses", "times", "is_slowed"),
    [
        ("POST", "/admin/login/", "2001:db8:1:1::%x", 30, True),
        ("GET", "/admin/login/", "2001:db8:2:1::%x", 30, False),
        ("GET", "/admin/", "2001:db8:3:1::%x", 80, True),
        ("GET", "/admin/", "2001:db8:4:%x::1", 80, False),
        ("HEAD", "/admin/", "2001:db8:5:%x::1", 400, True),
        ("GET", "/", "2001:db8:6:1::%x", 80, False),
    ],
)
def test_flood_by_one_is_slowed(nginx, method, path, addresses, times, is_slowed):
    """Behind a CDN; and who owns an IPv6 network has all of its addresses."""
    statuses = {
        nginx.get(path, method, X_Forwarded_For=addresses % number).status
        for number in range(times)
    }

    assert (429 in statuses) is is_slowed


def test_upgrade_to_other_code_and_settings_loses_no_request(nginx, host):
    with (host.root / "static/css/site.css").open("a") as css:
        css.write(".another-release { color: red; }\n")
    (host.root / ".env").write_text("SECURITY_CONTACT=mailto:b@example.org\n")

    # With what no cache hides, and nginx waits for: a start takes a while.
    with load(nginx, *PATHS.values(), "/admin/login/"):
        host.manage("collectstatic", "--noinput", "--verbosity", "0")
        host.reload()
        wait_until(lambda: "another-release" in nginx.get("/").text)

    assert "b@example.org" in host.get("/.well-known/security.txt").text


def test_with_gunicorn_hung_or_dead_pages_stay_and_are_fresh_soon_after(nginx, host):
    copies = nginx.logs.count("cache:STALE")

    def has_served_the_last_copy():
        assert nginx.get("/contact.vcf", timeout=4).status == 200
        return nginx.logs.count("cache:STALE") > copies  # at first they are fresh

    try:
        host.silence()
        wait_until(has_served_the_last_copy)
    finally:
        host.kill()
    for path, coding in product(PATHS.values(), ("br", "gzip")):
        page = nginx.get(path, Accept_Encoding=coding)
        assert (page.status, page.headers["Content-Encoding"]) == (200, coding)
    admin = asked(nginx, 502, "/admin/login/", {}, ALWAYS)
    host.manage("intake", "open")
    host.start()
    wait_until(lambda: "not accepting new" not in nginx.get("/").text)

    assert "Something went wrong on our side" in admin.text


# What is left behind; last, when all of the above has been


def test_nothing_but_public_pages_was_ever_cached(nginx):
    """However their addresses were spelled, as each copy could push out another."""
    for odd in ("/%63ontact/", "/contact%2f", "//contact/", "/contact/#a"):
        nginx.get(odd)

    keys = {
        re.search(rb"\nKEY: \S+ (.+) \w+\n", path.read_bytes())[1].decode()
        for path in (nginx.folder / "cache").iterdir()
    }

    assert keys == {*PATHS.values(), "/sitemap.xml", "/contact.vcf"}


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
