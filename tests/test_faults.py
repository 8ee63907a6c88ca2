"""Whatever breaks behind the pages, visitors read on and see the last saved banner."""

import resource
import sqlite3
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from itertools import count

import psycopg
import pytest

from tests.backends import Postgres, Redis
from tests.server import FORM, Site, Staff, wait_until
from tests.test_pages import PATHS

MESSAGE = "We plan to open our list again in spring."


class World:
    """A site that staff have used, and what stands behind it."""

    def __init__(self, folder, **variables):
        self.folder = folder
        self.database = folder / "clinic.sqlite3"
        # The settings say the opposite of what staff saved, so that each is told apart.
        closed = {"ACCEPTING_NEW_PATIENTS": "true", "DATABASE_URL": ""}
        self.variables = closed | variables
        self.site = self.another().prepare().start()
        self.staff = Staff(self.site)
        self.faxes = (f"503-555-{number:04}" for number in count())
        self.open_form()
        assert self.save().status == 302
        for _ in range(30):  # so that every worker has read it
            self.site.get("/")

    def another(self):
        return Site(self.folder, **self.variables)

    def open_form(self):
        self.form = self.staff.fill(
            FORM, accepting_new_patients=None, message=MESSAGE, fax=next(self.faxes)
        )

    def save(self):
        return self.staff.send(FORM, self.form)

    @property
    def published(self):
        return next((self.folder / "cache").glob("*.djcache"))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Return a function from a backend's name to its site, started once."""
    started = {}
    with ExitStack() as stack:

        def world(backend):
            if backend not in started:
                server, variable = {
                    "files": (None, None),
                    "postgres": (Postgres, "DATABASE_URL"),
                    "redis": (Redis, "CACHE_URL"),
                }[backend]
                variables = {}
                if server:
                    server = server()
                    stack.callback(server.stop)
                    variables[variable] = server.url
                started[backend] = World(tmp_path_factory.mktemp("world"), **variables)
                started[backend].server = server
                stack.callback(started[backend].site.stop)
            return started[backend]

        yield world


@contextmanager
def replaced(path, content):
    """Put other content, a folder, or nothing in a file's place."""
    kept = path.with_suffix(".kept")
    path.rename(kept)
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    yield
    if path.is_dir():
        path.rmdir()
    kept.replace(path)


@contextmanager
def modes(bits, *paths):
    before = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(bits)
    yield
    for path, bits in zip(paths, before, strict=True):
        path.chmod(bits)


@contextmanager
def locked(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def full(site):
    """As on a full disk, no file grows, not even the log."""
    for pid in site.workers:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    for pid in site.workers:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


@contextmanager
def table_missing(path):
    rename = "ALTER TABLE {} RENAME TO {}"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(rename.format("pages_clinic", "elsewhere"))
        yield
        connection.execute(rename.format("elsewhere", "pages_clinic"))


@contextmanager
def refusing(server):
    server.kill()
    yield
    server.start()


@contextmanager
def silent(server):
    server.silence()
    yield
    server.wake()


@contextmanager
def killed_in_mid_query(world):
    answers = []
    save = threading.Thread(target=lambda: answers.append(world.save()))
    with closing(psycopg.connect(world.server.url)) as connection:
        connection.execute("LOCK TABLE pages_clinic")
        save.start()
        time.sleep(0.5)  # until it waits for the table
        world.server.kill()
    save.join()
    assert answers[0].status == 503
    yield
    world.server.start()


@contextmanager
def everything_gone(world):
    with replaced(world.database, None):
        world.published.unlink()
        yield


# What is behind the site, what breaks, and when a process that starts into the fault
# shows what staff saved: at once, soon (from the database), or never.
DATABASE_FAULTS = {
    "SQLite file missing": ("files", lambda w: replaced(w.database, None)),
    "SQLite file empty": ("files", lambda w: replaced(w.database, b"")),
    "SQLite file corrupt": ("files", lambda w: replaced(w.database, b"corrupt" * 999)),
    "SQLite file unreadable": ("files", lambda w: modes(0, w.database)),
    "SQLite folder read-only": ("files", lambda w: modes(0o555, w.folder)),
    "SQLite disk full": ("files", lambda w: full(w.site)),
    "SQLite locked": ("files", lambda w: locked(w.database)),
    "SQLite table missing": ("files", lambda w: table_missing(w.database)),
    "PostgreSQL refusing": ("postgres", lambda w: refusing(w.server)),
    "PostgreSQL silent": ("postgres", lambda w: silent(w.server)),
    "PostgreSQL killed in mid-query": ("postgres", killed_in_mid_query),
}
CACHE_FAULTS = {
    "published file truncated": ("files", lambda w: replaced(w.published, b"x\x9c")),
    "published file garbage": ("files", lambda w: replaced(w.published, b"garbage")),
    "published file a folder": ("files", lambda w: replaced(w.published, "folder")),
    "published file unwritable": (
        "files",
        lambda w: modes(0o555, w.published, w.published.parent),
    ),
    "Redis refusing": ("redis", lambda w: refusing(w.server)),
    "Redis silent": ("redis", lambda w: silent(w.server)),
}


def check_pages(site, banner=MESSAGE):
    for path in PATHS.values():
        answer = site.get(path, timeout=5)
        assert answer.status == 200
        if banner:
            assert banner in answer.text
    return answer


@pytest.mark.parametrize("fault", DATABASE_FAULTS)
def test_database_fault_goes_unnoticed_by_visitors_and_is_told_to_staff(worlds, fault):
    backend, break_it = DATABASE_FAULTS[fault]
    world = worlds(backend)
    world.open_form()

    with break_it(world):
        check_pages(world.site)
        told = world.save()
        with world.another() as cold:
            check_pages(cold)
    repaired = world.save()

    assert told.status == 503
    assert "nothing was saved" in " ".join(told.text.split())
    assert repaired.status == 302


@pytest.mark.parametrize("fault", CACHE_FAULTS)
def test_cache_fault_goes_unnoticed_by_visitors(worlds, fault):
    backend, break_it = CACHE_FAULTS[fault]
    world = worlds(backend)

    with break_it(world):
        check_pages(world.site)
        with world.another() as cold:
            check_pages(cold, banner=None)
            wait_until(lambda: MESSAGE in cold.get("/").text)
            check_pages(cold)


def test_with_every_copy_gone_the_settings_decide(worlds):
    world = worlds("files")

    with everything_gone(world):
        check_pages(world.site)
        with world.another() as cold:
            assert "not accepting new patients" not in check_pages(cold, None).text
    world.open_form()
    assert world.save().status == 302


def test_failed_publication_is_told_to_staff_and_heals_by_itself(worlds):
    world = worlds("files")
    message = "Our list opens in May."

    with modes(0o555, world.published, world.published.parent):
        saved = world.staff.post(FORM, accepting_new_patients=None, message=message)
        told = world.staff.ask(FORM)
        ready = world.site.get("/readyz")
    healed = wait_until(lambda: message in world.site.get("/").text, 60)
    world.staff.post(FORM, accepting_new_patients=None, message=MESSAGE)

    assert saved.status == 302
    assert "visitors still see the old state" in told.text
    assert ready.status == 503
    assert healed
