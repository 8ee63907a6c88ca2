"""The project is whole: its parts agree with each other."""

import re
from importlib import metadata

import pytest
from django.core.management import call_command
from packaging.specifiers import SpecifierSet

from tests import ROOT, VARIABLES
from tests.server import Site


@pytest.mark.django_db
@pytest.mark.parametrize("accepting", [True, False])
def test_migrations_are_complete_whatever_the_settings(settings, accepting):
    settings.ACCEPTING_NEW_PATIENTS = accepting

    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_deployment_check_finds_nothing(tmp_path):
    site = Site(tmp_path / "data", HTTPS="true")

    result = site.run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (result.returncode, result.stderr) == (0, "")


def test_example_environment_lists_every_variable():
    text = (ROOT / "clinic_site/settings.py").read_text()

    assert sorted(re.findall(r'env\(\s*"(\w+)"', text)) == sorted(VARIABLES)


def test_only_serving_the_site_sets_a_limit_on_how_long_the_database_may_take(tmp_path):
    """A migration of a large table may take longer than staff can wait."""
    site = Site(tmp_path / "data", DATABASE_URL="postgres://clinic@db/clinic")
    told = "import os; from django.conf import settings; "
    told += "print(settings.DATABASES['default']['OPTIONS'], os.getenv('PGOPTIONS'))"

    managing = site.manage("shell", "--verbosity", "0", "--command", told)
    serving = site.run("-c", f"import clinic_site.wsgi; {told}").stdout

    assert "statement_timeout" in serving
    assert "statement_timeout" not in managing


def test_each_pinned_package_admits_the_python_of_debian_12():
    pins = "".join(path.read_text() for path in ROOT.glob("requirements*.txt"))
    pinned = re.findall(r"^([\w.-]+)==", pins, re.MULTILINE)

    assert len(pinned) > 20
    for name in pinned:
        needs = metadata.metadata(name).get("Requires-Python", "")
        assert "3.11.2" in SpecifierSet(needs), name
