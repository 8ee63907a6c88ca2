"""The project goes from nothing to a site, with fit values only, as owners run it."""

import os
import re
import subprocess
import sys
import urllib.request
from itertools import product, takewhile

import pytest
from django.core.management import call_command

from tests import ROOT, VARIABLES
from tests.backends import program
from tests.server import Site, clone, free_port

POSTGRES = "postgres://clinic:password@10.0.0.2"
BAD = {
    "SECRET_KEY": ["short"],
    "ALLOWED_HOSTS": ["", "*", "example.org,"],
    "ACCEPTING_NEW_PATIENTS": ["ture"],
    "DATA_DIR": ["/dev/null/data"],
    "DATABASE_URL": [
        "mysql://a/b",
        POSTGRES,
        f"{POSTGRES}:c/d",
        "postgres://a:b?c@d/e",
    ],
    "CACHE_URL": ["memcached://localhost", "redis://localhost?ssl_cert_reqs=none"],
    "SECURITY_CONTACT": ["security@clinic.example"],
    "EMAIL_URL": ["smtp://desk:password@example.org:587", "smtp://a@b:c?d@e:587"],
    "HOST": ["10.0.0.11 # this host"],
    "PORT": ["65536"],
    "WEB_CONCURRENCY": ["0"],
}


def test_make_run_goes_from_nothing_to_a_site_and_again(tmp_path):
    """Two starts: the second keeps data and prints no password."""
    folder, outputs = clone(tmp_path), []
    environ = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    # What is compiled beforehand is of no use to a site of a minute.
    environ |= {"PORT": str(free_port()), "PIP_NO_COMPILE": "no"}
    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    kept |= {"cwd": folder, "env": environ}
    for _ in range(2):
        with subprocess.Popen(["make", "run"], **kept) as server:
            starting = takewhile(lambda it: "Listening at" not in it, server.stdout)
            outputs.append("".join(starting))
            address = re.search(r"The site: (\S+)", outputs[-1])[1]
            with urllib.request.urlopen(address, timeout=30) as page:
                assert b"not accepting new patients" in page.read()
            server.terminate()

    assert ["Password" in output for output in outputs] == [True, False]
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", BAD)
def test_bad_value_stops_the_start_by_any_door_in_one_line(tmp_path, name):
    doors = ["manage.py", "check"], ["-m", "gunicorn", "clinic_site.wsgi"]
    for value, door in product(BAD[name], doors):
        result = Site(tmp_path, **{name: value}).run(*door)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith(f"{name} must be ")
        assert result.stderr.count("\n") == 1
        assert name != "SECRET_KEY" or value not in result.stderr


@pytest.mark.django_db
def test_migrations_are_complete_whatever_the_settings(accepting):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_deployment_check_finds_nothing(tmp_path):
    site = Site(tmp_path / "data", HTTPS="true")
    site.manage("check", "--deploy", "--fail-level", "WARNING")


def test_only_serving_the_site_sets_a_limit_on_how_long_the_database_may_take(tmp_path):
    """A migration of a large table may take longer than staff can wait."""
    site = Site(tmp_path / "data", DATABASE_URL=f"{POSTGRES}/clinic")
    told = "import os; from django.conf import settings; "
    told += "print(settings.DATABASES['default']['OPTIONS'], os.getenv('PGOPTIONS'))"

    serving = site.run("-c", f"import clinic_site.wsgi; {told}").stdout

    assert "statement_timeout" in serving
    assert "statement_timeout" not in site.manage("shell", "--command", told)


def test_the_example_lists_every_variable():
    settings = (ROOT / "clinic_site/settings.py").read_text()

    assert sorted(re.findall(r'env\(\s*"(\w+)"', settings)) == sorted(VARIABLES)


def test_platform_starts_the_site_with_the_procfile_alone(tmp_path):
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    site = Site(tmp_path / "data", HTTPS="", FORWARDED_ALLOW_IPS="*")
    site.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"

    release = commands["release"].split()
    subprocess.run(release, cwd=ROOT, env=site.environ, check=True)
    site.command = commands["web"].split()
    with site:
        assert site.get("/", X_Forwarded_Proto="https").status == 200


def test_systemd_finds_no_fault_with_the_units(tmp_path):
    analyze = program("systemd-analyze")
    for unit in (ROOT / "deploy").glob("clinic*"):
        text = unit.read_text().replace("/srv/clinic/.venv", sys.prefix)
        (tmp_path / unit.name).write_text(text.replace("/srv/clinic", str(ROOT)))

    command = [analyze, "verify", "--man=no", *tmp_path.iterdir()]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
