"""Every answer carries the whole set of headers, and nothing outside is trusted."""

import logging
import re
from datetime import datetime

import pytest
from django.utils import timezone

from clinic_site.logs import OneLine
from clinic_site.middleware import HEADERS, POLICIES
from tests import ROOT
from tests.nginx import NAME, Host
from tests.screens import PATHS
from tests.server import FORM, Staff, Stranger, wait_until

# Gunicorn's answers say what nginx's do, and the reverse.
CONF = (ROOT / "deploy/nginx.conf").read_text()
BY_NGINX = re.findall(r'add_header (\S+) "?([^$";]+)"? always;', CONF)
ALWAYS = HEADERS | {"Strict-Transport-Security": "max-age=63072000"} | dict(BY_NGINX)
NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
FILE = "/static/favicon.svg"
MARKER = "marker-7f3a"
HTTP = {"X_Forwarded_Proto": "http"}
EVIL = {"Host": "evil.example"}


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The site as behind a proxy that ends TLS."""
    site = Host(tmp_path_factory.mktemp("production"))
    site.environ["HTTPS"] = ""  # what is left out has to be safe by default
    with site.prepare():
        yield site


# Each kind of answer: its status, and how to ask for it.
KINDS = {
    "page": (200, "/", {}),
    "page, not modified": (304, "/", {"If_None_Match": "ETag"}),
    "bad host": (400, "/", EVIL),
    "bad host over HTTP": (301, "/", EVIL | HTTP),
    "forged form": (403, "/admin/login/", {"method": "POST"}),
    "missing page": (404, "/.env", {}),
    "other method": (405, "/", {"method": "POST"}),
    "options of everything": (404, "*", {"method": "OPTIONS"}),
    "icon": (200, "/favicon.ico", {}),
    "static file": (200, FILE, {}),
    "file, not modified": (304, FILE, {"If_Modified_Since": "Last-Modified"}),
    "missing static file": (404, "/static/%2e%2e/manage.py", {}),
    "sign-in": (200, "/admin/login/", {}),
    "no charset": (200, "/admin/login/?a=b", {"Content_Type": "a/b; charset=hex"}),
    "redirect to sign-in": (302, "/admin/", {}),
    "health over HTTP": (200, "/healthz", {"Host": "10.0.0.7"} | HTTP),
    "readiness": (200, "/readyz", {}),
    "redirect from HTTP": (301, "/", HTTP),
    "redirect to the final slash": (301, "/contact", {}),
}


def asked(server, status, path, request, headers):
    """Return the answer, which has that status, and these headers once."""
    answer = server.get(path, **request)
    assert answer.status == status
    got = {name: answer.headers.get_all(name, [None]) for name in headers}
    assert got == {name: [value] for name, value in headers.items()}
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_each_header_once(production, kind):
    """And no policy lets anything in from elsewhere."""
    status, path, request = KINDS[kind]
    policy = POLICIES[next(filter(path.startswith, POLICIES), "/")]
    told = ALWAYS | {"Content-Security-Policy": policy}
    told |= {"Access-Control-Allow-Origin": None}
    if "HTTP" in kind:
        location = f"https://{NAME}/" if status == 301 else None
        told |= {"Strict-Transport-Security": None, "Location": location}
    first = production.get(path)
    request = {k: first.headers.get(v, v) for k, v in request.items()}

    answer = asked(production, status, path, request, told)

    if path.startswith(("/admin/", "/readyz")) and status != 403:
        assert "no-store" in answer.headers["Cache-Control"]
    assert len(ALWAYS) == 8
    assert policy.startswith(NOTHING)
    assert not re.search(r"unsafe|http|data:|\*", policy)


def test_cookies_of_staff_are_for_this_host_over_tls_only(production):
    cookies = Staff(production).signed_in.headers.get_all("Set-Cookie")

    names = [cookie.partition("=")[0] for cookie in cookies]
    assert names == ["__Host-csrf", "known", "__Host-session"]
    for cookie in cookies:
        parts = {*cookie.split("; ")}
        path = "Path=/admin/" if cookie.startswith("known") else "Path=/"
        assert {"HttpOnly", path, "SameSite=Lax", "Secure"} < parts
    assert "Max-Age=28800" in parts


def test_only_our_own_proxy_is_believed_and_that_it_was_https_alone(production):
    told = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"
    told += "SCRIPT_NAME: /evil\r\nConnection: close\r\n\r\n"
    for status, path, host, source in (
        (200, "/contact/", f"Host: {NAME}\r\n", "127.0.0.1"),
        (404, "/evil/contact/", f"Host: {NAME}\r\n", "127.0.0.1"),
        (400, "/contact/", f"Host: {NAME}@evil.example\r\n", "127.0.0.1"),
        (400, "/contact/", "", "127.0.0.1"),
        (301, "/contact/", f"Host: {NAME}\r\n", "127.0.0.2"),
    ):
        answer = production.raw(f"GET {path} HTTP/1.1\r\n{host}{told}", source=source)
        assert answer.startswith(f"HTTP/1.1 {status} ")
        assert "evil" not in answer


def test_public_addresses_answer_get_and_head_only(production):
    for path in (*PATHS.values(), "/healthz", "/readyz"):
        assert production.get(path, "HEAD").status == 200
        for method in ("POST", "OPTIONS", "BREW"):
            answer = production.get(path, method)
            assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD"), path


def test_log_has_one_line_for_each_request_and_deed_and_nothing_of_the_visitor(
    production,
):
    """Whatever is typed forges none."""
    personal = ("User_Agent", "Referer", "X_Forwarded_For", "Cookie", "Accept_Language")
    headers = dict.fromkeys(personal, MARKER)
    before = len(production.log.read_text())

    production.get(f"/contact/?q={MARKER}", **headers)
    production.get("/no/%0A2027-03-03%20INFO%20Invalid%20request%20forged", **headers)
    production.get(f"/?{MARKER}=" + "x" * 2048, **headers)
    production.get("/", "HEAD", **headers)
    production.get("/", **headers | {"Host": MARKER})
    production.get("/", **headers | {"X_Bad(": MARKER})
    Stranger(production).post("/admin/login/", username=MARKER, password=MARKER)
    Staff(production).post(FORM, message="Back\x1b[1m in spring.")

    wanted = {
        r"INFO GET /contact/ 200 \d+ ms": 1,
        r"INFO GET /no/\\n2027-\S+ INFO Invalid request forged 404 \d+ ms": 1,
        r"INFO GET / 400 \d+ ms": 1,
        r"INFO HEAD / 200 \d+ ms": 1,
        "WARNING Invalid request": 2,
        "WARNING A sign-in failed": 1,
        "INFO owner signed in": 1,
        r"INFO owner changed .*Message from nothing to “Back\[1m in spring.”.*": 1,
        "(?!.* ms$).*": 5,  # and none else but of requests
    }

    def told():
        lines = production.log.read_text()[before:]
        stamp = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"
        return {it: len(re.findall(f"{stamp} {it}$", lines, re.M)) for it in wanted}

    # Written once the answer is sent, so maybe a little later, and in another order.
    wait_until(lambda: told() == wanted)
    assert MARKER not in production.log.read_text()
    assert "\n" not in OneLine().format(logging.makeLogRecord({"msg": "a\nb"}))
    assert not logging.getLogger("django").handlers  # beside ours, under DEBUG


def test_security_contact_is_told_where_there_is_one(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"
    told = client.get("/.well-known/security.txt").text.splitlines()

    lines = dict(line.split(": ") for line in told)
    assert lines["Contact"] == "mailto:security@clinic.example"
    assert datetime.fromisoformat(lines["Expires"]) > timezone.now()
