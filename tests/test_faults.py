"""Whatever breaks behind the pages, visitors read on and see the last saved banner."""

import resource
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from itertools import count

import pytest

from tests import ROOT
from tests.backends import Postgres, Redis
from tests.server import FORM, Site, Staff, wait_until
from tests.test_pages import PATHS

MESSAGE = "We plan to open our list again in spring."


class World:
    """A site that staff have used, and what stands behind it."""

    def __init__(self, folder, stack, backend):
        self.folder, self.database = folder, folder / "clinic.sqlite3"
        # The settings say the opposite of what staff saved, so that each is told apart.
        self.variables = {"ACCEPTING_NEW_PATIENTS": "true", "DATABASE_URL": ""}
        if backend == "postgres":
            self.server = stack.enter_context(Postgres())
            self.variables["DATABASE_URL"] = self.server.url
        if backend == "redis":
            self.server = stack.enter_context(Redis())
            self.variables["CACHE_URL"] = self.server.url
        self.site = stack.enter_context(Site(folder, **self.variables).prepare())
        self.staff = Staff(self.site)
        self.turns = count()
        self.open_form()
        assert self.save().status == 302
        for _ in range(30):  # so that every worker has read it
            self.site.get("/")

    def another(self, **options):
        """Return one more process with the same behind it."""
        return Site(self.folder, WEB_CONCURRENCY="1", **options, **self.variables)

    def open_form(self, message=MESSAGE):
        told = f"{message} {next(self.turns)}"  # something new each time
        self.form = self.staff.fill(FORM, accepting_new_patients=None, message=told)

    def save(self):
        return self.staff.send(FORM, self.form)

    @property
    def published(self):
        return next((self.folder / "cache").glob("*.djcache"))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Return a function from a fault to the site it befalls, started once."""
    with ExitStack() as stack:
        make = cache(lambda name: World(tmp_path_factory.mktemp(name), stack, name))
        yield lambda fault: make(fault.partition(":")[0])


@contextmanager
def replaced(path, content=None):
    """Put other content, or nothing, in a file's place."""
    kept = path.rename(path.with_suffix(".kept"))
    if content:
        path.write_bytes(content)
    yield
    kept.replace(path)


@contextmanager
def read_only(*paths):
    for path in paths:
        path.chmod(0o555)
    yield
    for path in paths:
        path.chmod(0o700)


def unwritable(world):
    return read_only(world.published, world.published.parent)


@contextmanager
def full(world):
    """As on a full disk, no file grows, not even the log."""

    for size in (0, resource.RLIM_INFINITY):
        for pid in world.site.workers:
            limits = size, resource.RLIM_INFINITY
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        if not size:
            yield


@contextmanager
def locked(world):
    with closing(sqlite3.connect(world.database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def refusing(world):
    world.server.stop()
    yield
    world.server.start()


@contextmanager
def silent(world):
    world.server.silence()
    yield
    world.server.wake()


# What breaks, named by what is behind the site.
DATABASE_FAULTS = {
    "files: database missing": lambda world: replaced(world.database),
    "files: database corrupt": lambda world: replaced(world.database, b"corrupt" * 999),
    "files: folder read-only": lambda world: read_only(world.folder),
    "files: disk full": full,
    "files: database locked": locked,
    "postgres: refusing": refusing,
    "postgres: silent": silent,
}
CACHE_FAULTS = {
    "files: published garbage": lambda world: replaced(world.published, b"garbage"),
    "files: published unwritable": unwritable,
    "redis: refusing": refusing,
    "redis: silent": silent,
}


def check_pages(site, banner=MESSAGE):
    for path in PATHS.values():
        answer = site.get(path, timeout=5)
        assert answer.status == 200
        assert banner in answer.text


@pytest.mark.parametrize("fault", DATABASE_FAULTS)
def test_database_fault_is_told_to_staff_and_monitors_and_no_visitor(worlds, fault):
    world = worlds(fault)
    world.open_form()

    with DATABASE_FAULTS[fault](world):
        check_pages(world.site)
        told = world.save()
        wait_until(lambda: world.site.get("/readyz").status == 503)
    repaired = world.save()

    assert told.status == 503
    assert "nothing was saved" in " ".join(told.text.split())
    assert repaired.status == 302


@pytest.mark.parametrize(
    "fault", ["files: database missing", "postgres: silent", *CACHE_FAULTS]
)
def test_fault_goes_unnoticed_also_where_a_process_starts_meanwhile(worlds, fault):
    world = worlds(fault)

    with (DATABASE_FAULTS | CACHE_FAULTS)[fault](world):
        check_pages(world.site)
        with world.another() as cold:  # which may publish it anew
            check_pages(cold, banner=MESSAGE if fault in DATABASE_FAULTS else "")
            wait_until(lambda: MESSAGE in cold.get("/").text)


def test_failed_publication_is_told_to_staff_and_heals_by_itself(worlds):
    world, message = worlds("files"), "Our list opens in May."
    world.open_form(message)

    with world.another(app="hasty", PYTHONPATH=str(ROOT / "tests")) as hasty:
        with unwritable(world):
            saved = world.save()
            told = world.staff.ask("/admin/")
            wait_until(lambda: "published: PermissionError" in hasty.log.read_text())
        wait_until(lambda: message in world.site.get("/").text, seconds=9)

    assert saved.status == 302
    assert "visitors still see the old state" in told.text
