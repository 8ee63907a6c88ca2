"""Behind the shipped nginx no visitor notices what breaks, and none is written down."""

import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
import redis

from clinic_site.middleware import HEADERS, POLICIES
from tests.backends import Postgres, Redis, program
from tests.nginx import NAME, Nginx
from tests.server import Site, Staff, clone, failures, load, wait_until
from tests.test_pages import PATHS

FORM = "/admin/pages/clinic/1/change/"
# Asked of gunicorn each time, so that no cache hides what happens there.
NEVER_CACHED = "/healthz"
ALWAYS = {**HEADERS, "Strict-Transport-Security": "max-age=63072000"}


class Host(Site):
    """A gunicorn as it runs behind nginx, asked as nginx asks it."""

    headers = {"Host": NAME, "X_Forwarded_Proto": "https", "Origin": f"https://{NAME}"}

    def __init__(self, data_dir, **variables):
        super().__init__(data_dir, ALLOWED_HOSTS=NAME, HTTPS="true", **variables)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """One machine's gunicorn, in a folder of its own that an upgrade may change."""
    program("nginx")
    folder = tmp_path_factory.mktemp("machine")
    host = Host(folder / "data", root=clone(folder / "srv"))
    host.manage("collectstatic", "--noinput", "--verbosity", "0")
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


def say(staff, message):
    """Save what the banner says."""
    form = staff.fill(FORM, accepting_new_patients=None, message=message)
    assert staff.send(FORM, form).status == 302


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


def test_toggle_is_on_every_page_that_anyone_gets_2_seconds_later(nginx, staff):
    nginx.get("/")
    for message in ("We plan to open our list in May.", "Not before June."):
        say(staff, message)
        time.sleep(2)
        with ThreadPoolExecutor(8) as visitors:
            texts = [a.text for a in visitors.map(nginx.get, ["/"] * 8)]

        assert [message in text for text in texts] == [True] * 8


class Crowd:
    """Sockets that take their time: each sends a byte every 3 seconds, or nothing."""

    KINDS = (
        (300, f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: "),
        (300, f"POST / HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 60000\r\n\r\n"),
        (100, None),
    )

    def __init__(self, nginx):
        self.nginx = nginx
        self.here = threading.Event()
        self.leave = threading.Event()
        self.thread = threading.Thread(target=self.dawdle)

    def come(self, start):
        connection = self.nginx.dial(source="127.0.0.3")
        if start:
            connection = self.nginx.secured(connection)
            connection.sendall(start.encode())
        return connection

    def dawdle(self):
        with ExitStack() as stack:
            sockets = [
                (self.come(start), start)
                for number, start in self.KINDS
                for _ in range(number)
            ]
            self.here.set()
            while not self.leave.wait(3):
                for place, (connection, start) in enumerate(sockets):
                    try:
                        connection.send(b"a" if start else b"")
                    except OSError:  # sent away: come again
                        connection.close()
                        sockets[place] = self.come(start), start
            for connection, _ in sockets:
                stack.callback(connection.close)

    def __enter__(self):
        self.thread.start()
        assert self.here.wait(30)

    def __exit__(self, *exception):
        self.leave.set()
        self.thread.join()


def test_700_slow_sockets_do_not_slow_a_visitor(nginx):
    with Crowd(nginx):
        probes = []
        for _ in range(20):
            probes += [nginx.get("/"), nginx.get(NEVER_CACHED)]
            time.sleep(1)

    assert {probe.status for probe in probes} == {200}
    assert max(probe.seconds for probe in probes) < 0.5


def test_reloads_and_killed_workers_lose_no_request(nginx, host):
    """Not even of the sign-in page, which keeps gunicorn at work when it is killed."""
    with load(nginx, *PATHS.values()) as got, load(nginx, "/admin/login/") as of_staff:
        for _ in range(5):
            host.reload()
            time.sleep(1.5)
            os.kill(host.workers[0], signal.SIGKILL)
            time.sleep(1)

    assert failures(got) == failures(of_staff) == []
    assert len(got) > 500


CHANGE = """
from pages.models import Clinic
clinic = Clinic.objects.get()
clinic.message = "Back in July."
clinic.save()
"""


def test_with_gunicorn_dead_pages_stay_and_are_fresh_2_seconds_after_its_return(
    nginx, host
):
    for coding in ("br", "gzip", "identity"):
        for path in PATHS.values():
            nginx.get(path, Accept_Encoding=coding)
    time.sleep(1.1)  # so that all of them are stale

    host.kill()
    with load(nginx, *PATHS.values()) as got:
        time.sleep(2)
    browser = nginx.get("/", Accept_Encoding="gzip, deflate, br, zstd")
    admin = nginx.get("/admin/login/")
    host.manage("shell", "-c", CHANGE)
    host.start()
    wait_until(lambda: "Back in July." in nginx.get("/").text, seconds=2)

    assert failures(got) == []
    assert (browser.status, browser.headers["Content-Encoding"]) == (200, "br")
    assert admin.status == 502
    assert "Something went wrong on our side" in admin.text
    for name, value in ALWAYS.items():
        assert admin.headers.get_all(name) == [value], name


SLOW_MIGRATION = """
import time
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("pages", "{last}")]
    operations = [
        migrations.RunSQL("CREATE TABLE upgrade (id integer)"),
        migrations.RunPython(lambda *args: time.sleep(2)),
    ]
"""


def test_upgrade_loses_no_request_and_keeps_the_style_of_pages_loaded_before(
    nginx, host
):
    style = re.compile(r'"(/static/css/site\.\w+\.css)"')
    old = style.search(nginx.get("/").text)[1]
    migrations = host.root / "pages/migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_slow.py").write_text(SLOW_MIGRATION.format(last=last))
    with (host.root / "static/css/site.css").open("a") as css:
        css.write("/* another release */\n")

    with load(nginx, *PATHS.values(), NEVER_CACHED, old) as got:
        host.manage("collectstatic", "--noinput", "--verbosity", "0")
        host.manage("migrate", "--verbosity", "0")
        host.reload()
        new = wait_until(
            lambda: [s for s in style.findall(nginx.get("/").text) if s != old]
        )[0]
        time.sleep(1)

    assert failures(got) == []
    assert b"another release" in nginx.get(new).body
    assert b"another release" not in nginx.get(old).body
    assert host.get(old).status == host.get(new).status == 200


def test_flood_of_sign_ins_is_slowed_and_pages_are_not(nginx):
    posts = {nginx.get("/admin/login/", "POST").status for _ in range(40)}
    with load(nginx, "/", NEVER_CACHED) as got:
        time.sleep(1)

    assert 429 in posts
    assert failures(got) == []


# Many machines


@pytest.mark.own_database
def test_many_machines_are_one_site_and_none_is_missed(tmp_path):
    """Two hosts that share no file; whatever dies behind nginx, nobody notices."""
    path = program("nginx")
    right, wrong = "We plan to open in August.", "We plan to open in May."
    with ExitStack() as stack:
        postgres = Postgres()
        stack.callback(postgres.stop)
        shared = Redis()
        stack.callback(shared.stop)
        variables = {
            "CACHE_URL": shared.url,
            "DATABASE_URL": postgres.url,
            "SECRET_KEY": "x" * 50,
        }
        one, two = (Host(tmp_path / name, **variables) for name in ("one", "two"))
        one.prepare()
        for host in (one, two):
            stack.enter_context(host)
        nginx = stack.enter_context(Nginx(tmp_path / "nginx", path, [one, two]))
        two.password = one.password
        staff = [Staff(one), Staff(two)]

        # What is saved through one is on the other at the next request.
        for turn in range(10):
            writer, reader = ((0, two), (1, one))[turn % 2]
            say(staff[writer], f"{wrong} {turn}")
            assert f"{wrong} {turn}" in reader.get("/").text
        say(staff[0], right)
        time.sleep(1.1)

        # Either host dies.
        for host in (one, two):
            with load(nginx, *PATHS.values(), NEVER_CACHED) as got:
                time.sleep(0.5)
                host.kill()
                time.sleep(2)
                host.start()
                time.sleep(0.5)
            assert failures(got) == []

        # What they share is restarted, and forgets.
        with load(nginx, *PATHS.values(), NEVER_CACHED) as got:
            postgres.kill()
            time.sleep(1)
            postgres.start()
            with closing(redis.Redis.from_url(shared.url)) as client:
                client.flushall()
            time.sleep(1)
            shared.kill()
            time.sleep(1)
            shared.start()
            time.sleep(1)
        assert failures(got) == []

        def settled():
            return [host.get("/readyz").status for host in (one, two)] == [200, 200]

        wait_until(settled, 90)
        for host in (one, two, nginx):
            assert all(right in host.get("/").text for _ in range(20))


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
