"""The project is whole: its parts agree with each other."""

import re

import pytest
from django.core.management import call_command

from tests import ROOT
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
    read = re.findall(
        r'(?:read|switch)\(\s*"(\w+)"', (ROOT / "clinic_site/settings.py").read_text()
    )
    listed = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert sorted(read) == sorted(listed)
