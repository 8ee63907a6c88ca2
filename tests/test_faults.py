"""Whatever breaks behind the pages, visitors read on and see the last saved banner."""

import sqlite3
import subprocess
from contextlib import ExitStack, closing
from functools import cache
from itertools import count

import pytest

from tests.backends import Postgres, Redis
from tests.screens import PATHS
from tests.server import FORM, Site, Staff, wait_until

MESSAGE = "We plan to open our list again in spring."
BEHIND = {"postgres": (Postgres, "DATABASE_URL"), "redis": (Redis, "CACHE_URL")}
# What breaks, named by what is behind the site: how it breaks, and how it is repaired.
GONE, BACK = "mv clinic.sqlite3 kept", "mv kept clinic.sqlite3"
READ_ONLY, WRITABLE = "chmod 555 cache cache/*", "chmod 700 cache cache/*"
# As on a full disk, no file grows, not even the log.
LIMIT = "for pid in $WORKERS; do prlimit --pid $pid --fsize={}:unlimited; done"
DATABASE_FAULTS = {
    "files: database missing": (GONE, BACK),
    "files: database corrupt": (f"{GONE}; seq 9999 > clinic.sqlite3", BACK),
    "files: database locked": ("BEGIN EXCLUSIVE", "ROLLBACK"),
    "files: folder read-only": ("chmod 555 .", "chmod 700 ."),
    "files: disk full": (LIMIT.format(0), LIMIT.format("unlimited")),
    "postgres: refusing": ("stop", "start"),
    "postgres: silent": ("silence", "wake"),
}
FAULTS = DATABASE_FAULTS | {
    "files: published unwritable": (READ_ONLY, WRITABLE),
    "files: published garbage": (f"seq 9 | tee cache/*; {READ_ONLY}", WRITABLE),
    "redis: refusing": ("stop", "start"),
    "redis: silent": ("silence", "wake"),
}
# Where /readyz sees nothing, as the database is still read.
READS_ON = "files: folder read-only", "files: disk full"
# What the site does each half minute is done each second.
HASTY = """
import time
from gunicorn.app.wsgiapp import run
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 1))
run()
"""


class World:
    """A site that staff have used, and what stands behind it."""

    def __init__(self, folder, stack, backend):
        self.folder, self.turns, self.server = folder, count(), None
        # The settings say the opposite of what staff saved, so that each is told apart.
        self.variables = {"ACCEPTING_NEW_PATIENTS": "true"}
        if backend in BEHIND:
            kind, variable = BEHIND[backend]
            self.server = stack.enter_context(kind())
            self.variables[variable] = self.server.url
        self.site = stack.enter_context(Site(folder, **self.variables).prepare())
        file = sqlite3.connect(folder / "clinic.sqlite3", isolation_level=None)
        self.sqlite = stack.enter_context(closing(file))
        self.staff = Staff(self.site)
        self.open_form()
        assert self.save().status == 302
        for _ in range(30):  # so that every worker has read it
            self.site.get("/")

    def hasty(self):
        site = Site(self.folder, WEB_CONCURRENCY="1", **self.variables)
        site.command[-3:] = ["-c", HASTY, "clinic_site.wsgi"]
        return site

    def open_form(self):
        self.told = f"{MESSAGE} {next(self.turns)}"  # something new each time
        values = {"accepting_new_patients": None, "message": self.told}
        self.form = self.staff.fill(FORM, **values)

    def save(self):
        return self.staff.send(FORM, self.form)

    def do(self, step):
        """Have it done by SQLite, by the server behind, or by a shell in the folder."""
        if step.isupper():
            self.sqlite.execute(step)
        elif self.server:
            getattr(self.server, step)()
        else:
            environ = {"WORKERS": " ".join(map(str, self.site.workers))}
            options = {"shell": True, "check": True, "env": environ}
            subprocess.run(step, cwd=self.folder, **options)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    with ExitStack() as stack:
        make = cache(lambda name: World(tmp_path_factory.mktemp(name), stack, name))
        yield lambda fault: make(fault.partition(":")[0])


def check_pages(site, banner):
    for path in PATHS.values():
        answer = site.get(path, timeout=5)
        assert answer.status == 200
        assert banner in answer.text


@pytest.mark.parametrize("fault", FAULTS)
def test_no_visitor_notices_a_fault_that_staff_and_monitors_are_told_and_it_heals(
    worlds, fault
):
    """Also where a process starts meanwhile, which may know nothing at first."""
    world, (breaks, repairs) = worlds(fault), FAULTS[fault]
    of_the_database = fault in DATABASE_FAULTS
    world.open_form()

    world.do(breaks)
    check_pages(world.site, MESSAGE)
    with world.hasty() as another:
        check_pages(another, MESSAGE if of_the_database else "")
        wait_until(lambda: MESSAGE in another.get("/").text)
        saved = world.save()
        if fault not in READS_ON:
            wait_until(lambda: world.site.get("/readyz").status == 503)
        first_page = world.staff.ask("/admin/")
        world.do(repairs)
        if of_the_database:
            assert world.save().status == 302
        wait_until(lambda: world.site.get("/readyz").status == 200)
        wait_until(lambda: world.told in world.site.get("/").text)

    if of_the_database:
        assert saved.status == 503
        assert "nothing was saved" in " ".join(saved.text.split())
    else:
        assert saved.status == 302
        assert "visitors still see the old state" in first_page.text
