"""Every answer carries the whole set of headers, and nothing outside is trusted."""

import http.client
import re
from contextlib import closing
from datetime import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils import timezone

from clinic_site.styles import DIGEST
from tests.server import Site, Staff, Stranger

HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), web-share=(), "
        "xr-spatial-tracking=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HOST = "clinic.example.org"
STATIC = re.compile(r'href="(/static/favicon\.[0-9a-f]+\.svg)"')
MARKER = "marker-7f3a"

PUBLIC = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    f"style-src 'self' '{DIGEST}'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'"
)
ADMIN = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
FILES = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The site as behind a proxy that ends TLS."""
    folder = tmp_path_factory.mktemp("production")
    # What is left out has to be safe by default.
    with Site(folder, ALLOWED_HOSTS=HOST, HTTPS="").prepare() as site:
        yield site


def ask(site, path, method="GET", **headers):
    return site.get(
        path, method, **{"Host": HOST, "X_Forwarded_Proto": "https"} | headers
    )


def icon(site):
    return STATIC.search(ask(site, "/").text).group(1)


# Each kind of answer: how to get it, its status, its policy.
KINDS = {
    "page": (lambda site: ask(site, "/"), 200, PUBLIC),
    "page, not modified": (
        lambda site: ask(site, "/", If_None_Match=ask(site, "/").headers["ETag"]),
        304,
        PUBLIC,
    ),
    "bad host": (lambda site: ask(site, "/", Host="evil.example"), 400, PUBLIC),
    "bad host over plain HTTP": (
        lambda site: site.get("/", Host="evil.example"),
        400,
        PUBLIC,
    ),
    "forged form": (lambda site: ask(site, "/admin/login/", "POST"), 403, ADMIN),
    "missing page": (lambda site: ask(site, "/nowhere/"), 404, PUBLIC),
    "other method": (lambda site: ask(site, "/", "POST"), 405, PUBLIC),
    "options of everything": (lambda site: ask(site, "*", "OPTIONS"), 404, PUBLIC),
    "too large": (
        lambda site: ask(site, "/", "POST", Content_Length="9999999"),
        413,
        PUBLIC,
    ),
    "static file": (lambda site: ask(site, icon(site)), 200, FILES),
    "static file, not modified": (
        lambda site: ask(
            site,
            icon(site),
            If_Modified_Since=ask(site, icon(site)).headers["Last-Modified"],
        ),
        304,
        FILES,
    ),
    "missing static file": (lambda site: ask(site, "/static/nothing.css"), 404, FILES),
    "sign-in": (lambda site: ask(site, "/admin/login/"), 200, ADMIN),
    "redirect to sign-in": (lambda site: ask(site, "/admin/"), 302, ADMIN),
    "health": (lambda site: site.get("/healthz", Host="10.0.0.7"), 200, PUBLIC),
    "readiness": (lambda site: ask(site, "/readyz"), 200, PUBLIC),
    "redirect to HTTPS": (lambda site: site.get("/", Host=HOST), 301, PUBLIC),
    "redirect to the final slash": (lambda site: ask(site, "/contact"), 301, PUBLIC),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_each_header_once(production, kind):
    get, status, policy = KINDS[kind]

    answer = get(production)

    assert answer.status == status
    for name, value in (HEADERS | {"Content-Security-Policy": policy}).items():
        assert answer.headers.get_all(name) == [value], name
    assert "Access-Control-Allow-Origin" not in answer.headers
    over_tls = "HTTP" not in kind and kind != "health"
    hsts = answer.headers.get_all("Strict-Transport-Security")
    assert hsts == (["max-age=63072000"] if over_tls else None)
    assert (answer.headers["X-Robots-Tag"] == "noindex") is (policy == ADMIN)


def test_cookies_of_staff_are_for_this_host_over_tls_only(production, monkeypatch):
    proxy = {"Host": HOST, "X_Forwarded_Proto": "https", "Origin": f"https://{HOST}"}
    monkeypatch.setattr(production, "headers", proxy)

    cookies = Staff(production).signed_in.headers.get_all("Set-Cookie")

    names = [re.split("[-=]", cookie)[1] for cookie in sorted(cookies)]
    assert names == ["csrf", "session", "known"]
    for cookie in cookies:
        path = "Path=/admin/" if cookie.startswith("__Secure-known-") else "Path=/"
        assert {"HttpOnly", path, "SameSite=Lax", "Secure"} < {*cookie.split("; ")}
    assert "Max-Age=28800" in sorted(cookies)[1]


@pytest.mark.parametrize("password", ["clinic1", "password123", "20270303042"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_admin_is_never_stored(production):
    assert "no-store" in ask(production, "/admin/login/").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("trusted", "status"), [("127.0.0.1", 200), ("192.0.2.1", 301)]
)
def test_forwarded_scheme_is_believed_from_named_proxies_only(
    tmp_path, trusted, status
):
    variables = {"ALLOWED_HOSTS": HOST, "HTTPS": "true", "FORWARDED_ALLOW_IPS": trusted}
    with Site(tmp_path / "data", **variables) as site:
        answer = ask(site, "/")

    assert answer.status == status


def test_script_name_from_outside_enters_no_page(production):
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "SCRIPT_NAME": "/evil"}
    with closing(production.connect(timeout=10)) as connection:
        connection.request("GET", "/evil/contact/", headers=headers)
        status = connection.getresponse().status
    after = ask(production, "/contact/")

    assert status == 404
    assert "/evil" not in after.text


def test_forwarded_host_has_no_effect(production):
    plain = ask(production, "/")

    answer = ask(
        production, "/", X_Forwarded_Host="evil.example", Forwarded="host=evil.example"
    )

    assert answer.body == plain.body


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}:evil", f"{HOST}@evil.example", ""]
)
def test_hostile_host_is_refused_and_not_repeated(production, host):
    answer = ask(production, "/", Host=host)

    assert answer.status == 400
    assert "evil" not in answer.text + str(answer.headers)


def test_request_without_host_is_refused(production):
    connection = http.client.HTTPConnection("127.0.0.1", production.port, timeout=10)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("X-Forwarded-Proto", "https")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()

    assert status == 400


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_public_addresses_answer_get_and_head_only(production, path, method):
    answer = ask(production, path, method)

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_large_body_is_refused_with_and_without_a_length(production):
    form = {"Content_Type": "multipart/form-data; boundary=b"}
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body += b"x" * 100_000 + b"\r\n--b--\r\n"
    headers = form | {"Host": HOST, "X_Forwarded_Proto": "https"}

    whole = production.get("/admin/login/", "POST", body=body, **headers)
    chunked = production.get("/admin/login/", "POST", body=iter([body]), **headers)

    assert whole.status == 413
    assert chunked.status == 403


def test_files_in_a_form_are_not_kept():
    upload = SimpleUploadedFile("f.bin", b"x" * 5_000_000)

    request = RequestFactory().post("/admin/login/", {"f": upload, "a": "b"})

    assert (request.POST.dict(), len(request.FILES)) == ({"a": "b"}, 0)


def test_limits_of_a_request_hold(production):
    long_line = ask(production, "/?" + "x" * 2048)
    large_header = ask(production, "/", X_Large="x" * 5000)
    many_headers = ask(production, "/", **{f"X_{n}": "x" for n in range(70)})

    assert long_line.status == 414
    assert large_header.status == many_headers.status == 431


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2fmanage.py",
        "/static/css/../../.env",
        "/static//etc/passwd",
        "/static/css/",
        "//evil.example/static/",
        "/.env",
    ],
)
def test_no_path_reaches_a_file_that_is_not_published(production, path):
    assert ask(production, path).status == 404


@pytest.mark.parametrize(
    "path", ["//evil.example/contact", "/\\evil.example", "//evil.example"]
)
def test_no_path_leads_off_the_site(production, path):
    answer = ask(production, path)

    assert not answer.headers.get("Location", "/").startswith(("//", "/\\"))


def test_sign_in_leads_nowhere_but_the_site(tmp_path):
    with Site(tmp_path / "data").prepare() as site:
        staff = Staff(site, "/admin/login/?next=//evil.example/")

    assert staff.signed_in.status == 302
    assert staff.signed_in.headers["Location"] == "/admin/"


def test_log_has_one_line_a_request_and_nothing_of_the_visitor(production):
    personal = ("User_Agent", "Referer", "X_Forwarded_For", "Cookie", "Accept_Language")
    headers = dict.fromkeys(personal, MARKER)
    before = len(production.log.read_text().splitlines())

    ask(production, f"/contact/?q={MARKER}", **headers)
    ask(production, "/nowhere/%0A2027-03-03%20INFO%20forged", **headers)
    ask(production, f"/?{MARKER}=" + "x" * 2048, **headers)
    ask(production, "/", **headers | {"Host": MARKER})
    ask(production, "/", **headers | {"X_Bad(": MARKER})

    text = production.log.read_text()
    lines = text.splitlines()[before:]
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} INFO "
    assert re.fullmatch(stamp + r"GET /contact/ 200 \d+ ms", lines[0])
    assert re.fullmatch(stamp + r"GET /nowhere/%0A2027\S+forged 404 \d+ ms", lines[1])
    refused = stamp.replace("INFO", "WARNING") + "Invalid request"
    assert re.fullmatch(refused, lines[2])
    assert re.fullmatch(stamp + r"GET / 400 \d+ ms", lines[3])
    assert re.fullmatch(refused, lines[4])
    assert len(lines) == 5
    assert MARKER not in text


def test_log_has_each_sign_in_failure_and_change_and_no_value_can_forge_a_line(
    tmp_path,
):
    form = "/admin/pages/clinic/add/"
    with Site(tmp_path / "data").prepare() as site:
        guess = {"username": MARKER, "password": MARKER}
        Stranger(site).post("/admin/login/", **guess)
        staff = Staff(site)
        staff.post(form, message="Back\x1b[1m in spring.", fax="503-555-0100")

    text = site.log.read_text()
    assert text.count("INFO owner signed in\n") == 1
    assert text.count("WARNING A sign-in failed\n") == 1
    assert (
        "INFO owner changed Message from nothing to “Back[1m in spring.”; "
        "Fax from “503-974-9819” to “503-555-0100”"
    ) in text
    assert MARKER not in text


def test_security_contact_is_told_where_there_is_one(client, settings):
    address = "/.well-known/security.txt"
    without = client.get(address)
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"
    lines = dict(line.split(": ") for line in client.get(address).text.splitlines())

    assert without.status_code == 404
    assert lines["Contact"] == "mailto:security@clinic.example"
    assert datetime.fromisoformat(lines["Expires"]) > timezone.now()
