"""What the owner installs is fit for it, and the data may also live in PostgreSQL."""

import os
import subprocess
import sys

import psycopg

from tests import ROOT
from tests.backends import Postgres, program

UNITS = ["clinic.service", "clinic-nightly.service", "clinic-nightly.timer"]


def test_systemd_finds_no_fault_with_the_units(tmp_path):
    verify = program("systemd-analyze")
    for name in UNITS:
        text = (ROOT / "deploy" / name).read_text()
        text = text.replace("/srv/clinic/.venv", sys.prefix)
        (tmp_path / name).write_text(text.replace("/srv/clinic", str(ROOT)))

    result = subprocess.run(
        [verify, "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_service_can_do_little_harm():
    """systemd's own score, from 0 (safe) to 10; a service as it comes has 9.6."""
    command = [program("systemd-analyze"), "security", "--offline=true"]
    result = subprocess.run(
        [*command, "--threshold=20", ROOT / "deploy/clinic.service"],
        capture_output=True,
        text=True,
    )

    assert result.returncode == 0, result.stdout.splitlines()[-1]


def test_tests_that_use_the_database_pass_on_postgresql_too():
    bare = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
    postgres = Postgres()
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-m", "django_db"]
        result = subprocess.run(
            [*command, "--reuse-db", "-p", "no:cacheprovider"],
            cwd=ROOT,
            env=bare | {"TEST_DATABASE_URL": postgres.url},
            capture_output=True,
            text=True,
        )
        with psycopg.connect(postgres.url.replace("/postgres", "/test_postgres")) as it:
            tables = it.execute("SELECT to_regclass('pages_clinic')").fetchone()
    finally:
        postgres.stop()

    assert result.returncode == 0, result.stdout
    assert tables == ("pages_clinic",)
