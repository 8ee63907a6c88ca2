"""A backup is whole whoever writes meanwhile, and brings back what visitors saw."""

import os
import shlex
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager

import pytest

from tests.backends import Postgres, program
from tests.server import Site, wait_until
from tests.test_pages import PATHS

pytestmark = pytest.mark.own_database
SAY = """
from pages.models import Clinic
clinic = Clinic.objects.first() or Clinic()
clinic.message = {!r}
clinic.save(force_insert=not Clinic.objects.exists())
"""


@pytest.fixture
def site(tmp_path):
    """A site of its own on SQLite, that a test may break."""
    site = Site(tmp_path / "data", DATABASE_URL="")
    site.manage("migrate", "--verbosity", "0")
    return site


def say(site, message):
    site.manage("shell", "-c", SAY.format(message))


def refused(site, *arguments):
    """Run a command that must fail, and return its one line."""
    result = site.run("manage.py", *arguments)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def database(site):
    return site.data_dir / "clinic.sqlite3"


def backups(site):
    return sorted((site.data_dir / "backups").iterdir())


def pages(site):
    return [site.get(path).body for path in PATHS.values()]


@contextmanager
def writing(path):
    """Rewrite 5,000 rows in one transaction after another, each half in the file."""
    done = threading.Event()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ledger (turn, padding)")
        rows = [(0, "x" * 200)] * 5000
        connection.executemany("INSERT INTO ledger VALUES (?, ?)", rows)
        connection.commit()

    def write():
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute("PRAGMA cache_size = 10")  # the rest goes to the file
            while not done.wait(0.3):
                connection.execute("UPDATE ledger SET turn = turn + 1")
                time.sleep(0.3)
                connection.commit()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_backups_during_writes_are_all_whole(site):
    with writing(database(site)):
        for _ in range(5):
            site.manage("backup")

    turns = []
    for path in backups(site):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            turns.append(connection.execute("SELECT DISTINCT turn FROM ledger"))
            turns[-1] = turns[-1].fetchall()
    assert [len(turn) for turn in turns] == [1] * 5
    assert len({turn[0] for turn in turns}) > 1


def test_the_last_backups_are_kept_for_their_owner_only(site):
    for _ in range(4):
        site.manage("backup", "--keep", "3")

    printed = site.manage("backup", "--keep", "2")

    assert len(backups(site)) == 2
    assert str(backups(site)[-1]) == printed.strip()
    assert {path.stat().st_mode & 0o777 for path in backups(site)} == {0o600}
    assert (site.data_dir / "backups").stat().st_mode & 0o777 == 0o700


def test_what_cannot_be_backed_up_is_told_and_replaces_no_backup(site):
    site.manage("backup")
    before = backups(site)
    content = database(site).read_bytes()
    database(site).write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    told = refused(site, "backup", "--keep", "1")

    assert "CommandError" in told
    assert [path for path in backups(site) if path.suffix == ".sqlite3"] == before


def test_restored_site_shows_the_same_pages_and_what_it_replaced_comes_back(site):
    say(site, "We plan to open in May.")
    with site:
        in_may = pages(site)
        backup = site.manage("backup").strip()
        say(site, "We plan to open in June.")
        in_june = pages(site)

        site.manage("restore", backup)
        restored = pages(site)
        kept = backups(site)[-1]
        site.manage("restore", str(kept))
        brought_back = pages(site)

    assert in_may != in_june
    assert restored == in_may
    assert brought_back == in_june
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("ruin", ["missing", "garbage"])
def test_restores_where_the_database_is_ruined(site, ruin):
    say(site, "We plan to open in May.")
    backup = site.manage("backup").strip()
    database(site).unlink()
    if ruin == "garbage":
        database(site).write_bytes(b"garbage" * 1000)

    site.manage("restore", backup)

    with site:
        assert "We plan to open in May." in site.get("/").text
    kept = [path.read_bytes() for path in backups(site) if "damaged" in path.name]
    assert kept == ([b"garbage" * 1000] if ruin == "garbage" else [])


def test_backup_of_an_older_release_is_brought_up_to_this_one(site):
    site.manage("migrate", "auth", "0011", "--verbosity", "0")
    backup = site.manage("backup").strip()
    site.manage("migrate", "--verbosity", "0")

    site.manage("restore", backup)

    assert "[ ]" not in site.manage("showmigrations")


def truncated(path):
    path.write_bytes(path.read_bytes()[:-5000])


def of_a_newer_release(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('pages', '9999_later', '2030-01-01')"
        )
        connection.commit()


def of_another_site(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'pages'")
        connection.commit()


def test_database_of_a_newer_release_is_still_backed_up(site):
    of_a_newer_release(database(site))

    printed = site.manage("backup")

    assert printed.strip() == str(backups(site)[-1])


@pytest.mark.parametrize(
    "spoil",
    [
        truncated,
        of_a_newer_release,
        of_another_site,
        lambda path: path.write_bytes(b"garbage" * 1000),
        lambda path: path.unlink(),
    ],
    ids=["truncated", "newer release", "another site", "garbage", "missing"],
)
def test_unfit_file_is_refused_before_anything_changes(site, spoil):
    say(site, "We plan to open in May.")
    backup = site.manage("backup").strip()
    before = database(site).read_bytes()
    spoil(backups(site)[0])
    folder = sorted(site.data_dir.iterdir())

    told = refused(site, "restore", backup)

    assert told.startswith(f"CommandError: {backup} is ")
    assert database(site).read_bytes() == before
    assert sorted(site.data_dir.iterdir()) == folder


def test_on_postgresql_the_commands_are_told_and_work(tmp_path):
    postgres = Postgres()
    try:
        url = postgres.url.replace("clinic@", "clinic:secret@")
        site = Site(tmp_path / "data", DATABASE_URL=url)
        site.manage("migrate", "--verbosity", "0")
        say(site, "We plan to open in May.")
        dump = tmp_path / "clinic.dump"

        told = refused(site, "backup")
        run_told(told.replace(str(site.data_dir / "backups.dump"), str(dump)))
        say(site, "We plan to open in June.")
        told += refused(site, "restore", str(dump))
        run_told(told.splitlines()[-1])

        with site:  # whose first act is to publish what it finds saved
            wait_until(lambda: "We plan to open in May." in site.get("/").text)
        assert "secret" not in told
    finally:
        postgres.stop()


def run_told(told):
    """Run the told command, which is the last line."""
    name, *arguments = shlex.split(told.splitlines()[-1])
    subprocess.run(
        [program(name), *arguments],
        env=os.environ | {"PGPASSWORD": "secret"},
        check=True,
        capture_output=True,
    )
