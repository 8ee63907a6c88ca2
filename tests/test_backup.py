"""A backup is whole whoever writes meanwhile, and brings back what visitors saw."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests import ROOT
from tests.screens import PATHS
from tests.server import Site, adapted, wait_until

GUIDE = (ROOT / "docs/deploy.md").read_text()


@pytest.fixture
def site(tmp_path):
    """A site of its own, that a test may break."""
    return Site(tmp_path / "data").prepare()


def backups(site):
    return sorted((site.data_dir / "backups").iterdir())


def test_a_backup_in_the_midst_of_a_write_is_whole(site):
    with closing(sqlite3.connect(site.data_dir / "clinic.sqlite3")) as writer:
        writer.execute("PRAGMA cache_size = 10")  # the rest goes to the file
        writer.execute("CREATE TABLE ledger (turn, padding)")
        rows = [(1, "x" * 200)] * 5000
        writer.executemany("INSERT INTO ledger VALUES (?, ?)", rows)
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


def test_the_last_backups_are_kept_for_their_owner_and_no_failure_replaces_one(site):
    """Such as a copy of a table of which an index says something else."""
    site.manage("backup")
    for number in (1, 2):
        (site.data_dir / f"backups/clinic-2000010{number}.sqlite3").touch(0o600)
    before = backups(site)

    printed = site.manage("backup", "--keep", "3").strip()

    kept = backups(site)
    assert kept == [*before[1:], Path(printed)]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert kept[0].parent.stat().st_mode & 0o777 == 0o700
    database = site.data_dir / "clinic.sqlite3"
    database.write_bytes(database.read_bytes().replace(b"owner", b"other", 1))
    for variables, keep, told in (
        ({}, "1", "No backup was made"),
        ({}, "0", "Keep at least 1"),
        ({"DATA_DIR": f"{site.data_dir}/gone"}, "1", "No backup was made"),
        ({"DATABASE_URL": "postgres://a@b/c"}, "1", "docs/deploy.md, Backups"),
    ):
        site.environ |= variables
        error = site.run("manage.py", "backup", "--keep", keep).stderr
        assert (told in error, error.count("\n")) == (True, 1)
    assert backups(site) == kept


def test_restored_as_the_guide_says_the_site_shows_the_same_pages(site):
    """Stopped, the file in its place, migrated, started: docs/deploy.md, Backups."""
    steps = re.search(r"```sh\n(systemctl stop clinic\n.+?)```", GUIDE, re.DOTALL)[1]

    def pages():
        return [site.get(path).body for path in PATHS.values()]

    site.manage("intake", "open")
    with site:
        before = pages()
    backup = site.manage("backup").strip()
    site.manage("intake", "closed")
    places = {
        "systemctl stop clinic\n": "",
        "systemctl start clinic\n": "",
        "cd /srv/clinic\n": f"cd {ROOT}\n",
        "/var/lib/clinic/backups/clinic-….sqlite3": backup,
        "/var/lib/clinic": site.data_dir,
        "runuser -u clinic -- .venv/bin/python": sys.executable,
        "install -o clinic -m 600": "install -m 600",
    }
    restore = ["bash", "-euc", adapted(steps, places)]
    subprocess.run(restore, env=site.environ, check=True)

    with site:
        assert wait_until(lambda: pages() == before)
