"""What the owner installs is fit for it, and the data may also live in PostgreSQL."""

import os
import re
import subprocess
import sys

from tests import ROOT, VARIABLES
from tests.backends import program
from tests.server import Site


def test_what_the_guide_names_is_there():
    text = (ROOT / "docs/deploy.md").read_text()
    files = re.findall(r"\b(?:deploy|templates)/[\w./-]*\w", text)
    variables = set(re.findall(r"^([A-Z_]{4,})=|`([A-Z_]{4,})`", text, re.MULTILINE))

    known = {*VARIABLES, "FORWARDED_ALLOW_IPS", "REDIS_URL"}
    assert len(files) > 3
    assert [name for name in files if not list(ROOT.glob(f"{name}*"))] == []
    assert {a or b for a, b in variables} <= known


def test_platform_starts_the_site_with_the_procfile_alone(tmp_path):
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    site = Site(tmp_path / "data", HTTPS="", FORWARDED_ALLOW_IPS="*")
    site.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"

    released = subprocess.run(commands["release"].split(), cwd=ROOT, env=site.environ)
    site.command = commands["web"].split()
    with site:
        page = site.get("/", X_Forwarded_Proto="https")

    assert released.returncode == 0
    assert page.status == 200


def test_systemd_finds_no_fault_with_the_units_and_the_service_can_do_little_harm(
    tmp_path,
):
    """By its own score, from 0 (safe) to 100; a service as it comes has 96."""
    analyze = program("systemd-analyze")
    for unit in (ROOT / "deploy").glob("clinic*"):
        text = unit.read_text().replace("/srv/clinic/.venv", sys.prefix)
        (tmp_path / unit.name).write_text(text.replace("/srv/clinic", str(ROOT)))

    for command in (
        ["verify", "--man=no", *tmp_path.iterdir()],
        ["security", "--offline=true", "--threshold=13", tmp_path / "clinic.service"],
    ):
        result = subprocess.run([analyze, *command], capture_output=True, text=True)
        assert (result.returncode, result.stderr) == (0, ""), result.stdout
