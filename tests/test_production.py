"""Behind the shipped nginx no visitor notices what breaks, and none is written down."""

import os
import re
import shutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from clinic_site.middleware import HEADERS, POLICIES
from tests import ROOT
from tests.backends import program
from tests.nginx import NAME, Host, Nginx
from tests.server import Staff, clone, failures, load, more, say, wait_until
from tests.test_pages import PATHS

# Asked of gunicorn each time, so that no cache hides what happens there.
NEVER_CACHED = "/healthz"
THREADS = 4  # of a worker, each with one request
ALWAYS = {**HEADERS, "Strict-Transport-Security": "max-age=63072000"}


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
    with Nginx(
        host.root.parent / "nginx", program("nginx"), [host], host.root
    ) as nginx:
        nginx.password = host.password
        yield nginx


@pytest.fixture(scope="module")
def staff(nginx):
    return Staff(nginx)


def ask_raw(connection, request):
    """Send bytes that no client library would, and return the whole answer."""
    with closing(connection):
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


# What nginx adds


ODD_REQUESTS = {
    "page": (200, {"path": "/"}),
    "missing page": (404, {"path": "/nowhere/"}),
    "staff sign-in": (200, {"path": "/admin/login/"}),
    "static file": (200, {"path": "/static/css/site.css"}),
    "missing static file": (404, {"path": "/static/css/none.css"}),
    "write to a page": (405, {"path": "/contact/", "method": "POST"}),
    "write to a static file": (
        405,
        {"path": "/static/css/site.css", "method": "DELETE"},
    ),
    "trace": (405, {"path": "/", "method": "TRACE"}),
    "readiness": (403, {"path": "/readyz"}),
    "path above the root": (400, {"path": "/../"}),
    "long body": (413, {"path": "/contact/", "method": "POST", "body": b"x" * 70_000}),
    "long address": (414, {"path": "/" + "x" * 3000}),
    "long header": (431, {"path": "/", "X": "x" * 3000}),
    "many headers": (431, {"path": "/nowhere/", **{f"H{n}": "x" for n in range(70)}}),
    "other name": (301, {"path": "/", "Host": "other.example.org"}),
}


@pytest.mark.parametrize("kind", ODD_REQUESTS)
def test_every_kind_of_response_has_each_header_once(nginx, kind):
    status, request = ODD_REQUESTS[kind]

    answer = nginx.get(**request)

    assert answer.status == status
    for name, value in ALWAYS.items():
        assert answer.headers.get_all(name) == [value], name
    under = next(under for under in POLICIES if request["path"].startswith(under))
    assert answer.headers.get_all("Content-Security-Policy") == [POLICIES[under]]
    assert (answer.headers.get_all("Allow") == ["GET, HEAD"]) is (status == 405)
    assert answer.headers.get_all("Server") == ["nginx"]  # and no version


@pytest.mark.parametrize("kind", ["long address", "path above the root", "readiness"])
def test_refusal_by_nginx_is_a_page_in_the_look_of_the_site(nginx, kind):
    answer = nginx.get(**ODD_REQUESTS[kind][1])

    assert "We could not take that request" in answer.text
    assert "988" in answer.text


@pytest.mark.parametrize("host_name", [NAME, f"www.{NAME}", "127.0.0.1"])
def test_plain_http_is_sent_to_the_public_name_over_tls(nginx, host_name):
    answer = ask_raw(
        nginx.dial(port=nginx.plain_port),
        f"GET /contact/?a=b HTTP/1.0\r\nHost: {host_name}\r\n\r\n".encode(),
    )

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
    path = re.search(r'"(/static/css/site\.\w+\.css)"', nginx.get("/").text)[1]

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

    got = {
        wish: nginx.get("/", Accept_Encoding=wish).headers["Content-Encoding"]
        for wish in wishes
    }

    assert got == wishes


def test_known_page_is_answered_with_304_without_asking_gunicorn(nginx):
    etag = nginx.get("/").headers["ETag"]

    answer = nginx.get("/", If_None_Match=etag)

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == etag


def test_readiness_is_told_on_the_machine_itself(nginx):
    with nginx.secured(nginx.dial(source="127.0.0.1")) as connection:
        answer = ask_raw(
            connection,
            f"GET /readyz HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode(),
        )

    assert '"database": "ok"' in answer


# What breaks, and goes unnoticed


def test_toggle_is_soon_on_the_page_that_everyone_gets(nginx, staff):
    nginx.get("/")
    for message in ("We plan to open our list in May.", "Not before June."):
        say(staff, message)
        with ThreadPoolExecutor(8) as visitors:
            wait_until(
                lambda message=message, visitors=visitors: all(
                    message in a.text for a in visitors.map(nginx.get, ["/"] * 8)
                ),
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
                connection = nginx.dial(source="127.0.0.3")
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


def stale_pages(nginx):
    return set(re.findall(r' 200 GET "(\S+)" \S+ cache:STALE', nginx.logs))


def test_with_gunicorn_dead_pages_stay_and_are_fresh_soon_after_its_return(nginx, host):
    for path in PATHS.values():
        for coding in ("br", "identity"):
            nginx.get(path, Accept_Encoding=coding)

    host.kill()
    with load(nginx, *PATHS.values()) as got:
        wait_until(lambda: stale_pages(nginx) == set(PATHS.values()))
    browser = nginx.get("/", Accept_Encoding="gzip, deflate, br, zstd")
    admin = nginx.get("/admin/login/")
    host.manage("intake", "closed", "--message", "Back in July.")
    host.start()
    wait_until(lambda: "Back in July." in nginx.get("/").text)

    assert failures(got) == []
    assert (browser.status, browser.headers["Content-Encoding"]) == (200, "br")
    assert admin.status == 502
    assert "Something went wrong on our side" in admin.text
    for name, value in ALWAYS.items():
        assert admin.headers.get_all(name) == [value], name


MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("pages", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE upgrade (id integer)")]
"""


def test_upgrade_loses_no_request_and_keeps_the_style_of_pages_loaded_before(
    nginx, host
):
    style = re.compile(r'"(/static/css/site\.\w+\.css)"')
    old = style.search(nginx.get("/").text)[1]
    migrations = host.root / "pages/migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_upgrade.py").write_text(MIGRATION.format(last=last))
    with (host.root / "static/css/site.css").open("a") as css:
        css.write("/* another release */\n")

    with load(nginx, *PATHS.values(), NEVER_CACHED, old) as got:
        host.manage("collectstatic", "--noinput", "--verbosity", "0")
        host.manage("migrate", "--verbosity", "0")
        host.reload()
        new = wait_until(
            lambda: [s for s in style.findall(nginx.get("/").text) if s != old]
        )[0]
        more(got)

    assert failures(got) == []
    assert b"another release" in nginx.get(new).body
    assert b"another release" not in nginx.get(old).body
    assert host.get(old).status == host.get(new).status == 200


def test_flood_of_sign_ins_is_slowed_and_pages_are_not(nginx):
    posts = {nginx.get("/admin/login/", "POST").status for _ in range(40)}
    pages = [nginx.get(path, timeout=5) for path in ("/", NEVER_CACHED)]

    assert 429 in posts
    assert [page.status for page in pages] == [200, 200]


# What is left behind; last, when all of the above has been


def test_nothing_but_public_pages_was_ever_cached(nginx):
    keys = {
        re.search(rb"\nKEY: \S+ (\S+)", path.read_bytes())[1].decode()
        for path in (nginx.folder / "cache").iterdir()
    }

    assert keys == set(PATHS.values())


def test_no_visitor_is_in_any_log(nginx, host):
    """Addresses 127.0.0.2 and 3 made every request here, with much to give away."""
    nginx.get("/?private-question", User_Agent="private-agent", Referer="private-page")
    ask_raw(nginx.secured(nginx.dial()), b"private nonsense\r\n\r\n")
    ask_raw(nginx.dial(), b"no handshake\r\n\r\n")
    with closing(socket.create_connection(("127.0.0.1", nginx.port))) as connection:
        connection.send(b"x")

    logs = nginx.logs + host.log.read_text()

    assert '200 GET "/contact/"' in logs
    assert not re.search(r"private|127\.0\.0\.[23]\b", logs)
