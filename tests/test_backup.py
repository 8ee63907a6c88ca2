"""A backup is whole whoever writes meanwhile, and brings back what visitors saw."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from tests import ROOT
from tests.backends import Postgres, program
from tests.server import Site, wait_until
from tests.test_pages import PATHS


@pytest.fixture
def site(tmp_path):
    """A site of its own on SQLite, that a test may break."""
    return Site(tmp_path / "data", DATABASE_URL="").prepare()


def backups(site):
    return sorted((site.data_dir / "backups").iterdir())


def test_a_backup_in_the_midst_of_a_write_is_whole_and_without_old_guesses(site):
    with closing(sqlite3.connect(site.data_dir / "clinic.sqlite3")) as writer:
        writer.execute("PRAGMA cache_size = 10")  # the rest goes to the file
        writer.execute("CREATE TABLE ledger (turn, padding)")
        rows = [(1, "x" * 200)] * 5000
        writer.executemany("INSERT INTO ledger VALUES (?, ?)", rows)
        writer.execute("INSERT INTO pages_guess VALUES (1, '2000-01-01', '', '', '')")
        writer.commit()
        writer.execute("UPDATE ledger SET turn = 2")  # half of it is in the file
        command = [sys.executable, "manage.py", "backup"]
        backup = subprocess.Popen(command, cwd=ROOT, env=site.environ)
        wait_until((site.data_dir / "backups/clinic.part").exists)
        writer.commit()
        assert backup.wait() == 0

    with closing(sqlite3.connect(*backups(site))) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT DISTINCT turn FROM ledger").fetchall() == [(2,)]
        assert copy.execute("SELECT * FROM pages_guess").fetchall() == []


def test_the_last_backups_are_kept_for_their_owner_and_no_failure_replaces_one(site):
    """Such as a copy of a table of which an index says something else."""
    site.manage("backup")
    for number in (1, 2):
        (site.data_dir / f"backups/clinic-2000010{number}.sqlite3").touch(0o600)
    before = backups(site)

    printed = site.manage("backup", "--keep", "3")

    assert [*map(str, backups(site))] == [*map(str, before[1:]), printed.strip()]
    assert {path.stat().st_mode & 0o777 for path in backups(site)} == {0o600}
    assert (site.data_dir / "backups").stat().st_mode & 0o777 == 0o700

    kept = backups(site)
    database = site.data_dir / "clinic.sqlite3"
    database.write_bytes(database.read_bytes().replace(b"owner", b"other", 1))
    told = [site.run("manage.py", "backup", "--keep", keep).stderr for keep in "10"]
    site.environ["DATABASE_URL"] = "postgres://clinic@127.0.0.1:1/clinic"
    told += [site.run("manage.py", "backup").stderr]

    assert [line.count("\n") for line in told] == [1, 1, 1]
    assert "No backup was made" in told[0]
    assert "Keep at least 1" in told[1]
    assert "docs/deploy.md, Backups" in told[2]
    assert backups(site) == kept


def test_restored_as_the_guide_says_the_site_shows_the_same_pages(site):
    """Stopped, the file in its place, migrated, started: docs/deploy.md, Backups."""
    guide = (ROOT / "docs/deploy.md").read_text()
    steps = re.search(r"```sh\n(systemctl stop clinic\n.+?)```", guide, re.DOTALL)[1]

    def pages():
        return [site.get(path).body for path in PATHS.values()]

    site.manage("intake", "open")
    with site:
        before = pages()
    backup = site.manage("backup").strip()
    site.manage("intake", "closed")
    for here in (
        ("systemctl stop clinic\n", ""),
        ("systemctl start clinic\n", ""),
        ("cd /srv/clinic\n", f"cd {ROOT}\n"),
        ("/var/lib/clinic/backups/clinic-….sqlite3", backup),
        ("/var/lib/clinic", str(site.data_dir)),
        ("runuser -u clinic -- .venv/bin/python", sys.executable),
        ("install -o clinic -m 600", "install -m 600"),
    ):
        assert here[0] in steps
        steps = steps.replace(*here)
    subprocess.run(["bash", "-euc", steps], env=site.environ, check=True)

    with site:
        assert wait_until(lambda: pages() == before)


def test_on_postgresql_its_own_tools_do_so_as_the_guide_says(tmp_path):
    guide = " ".join((ROOT / "docs/deploy.md").read_text().split())

    def run(tool, *connection):
        command = re.search(rf"`{tool} (-[^`]+)`", guide)[1]
        command = command.replace("/var/lib/clinic", str(tmp_path))
        command = command.replace("--dbname=clinic", f"--dbname={postgres.url}")
        subprocess.run([program(tool), *command.split(), *connection], check=True)

    with Postgres() as postgres:
        site = Site(tmp_path / "data", DATABASE_URL=postgres.url).prepare()
        site.manage("intake", "open")
        run("pg_dump", postgres.url)
        with psycopg.connect(postgres.url) as emptied:
            emptied.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        run("pg_restore")

        # It is published when the site starts, so until then the command may fail.
        told = site.run("manage.py", "intake").stdout
    assert told == "open (decided by staff)\n"
