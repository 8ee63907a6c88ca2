"""What the owner installs is fit for it, and the data may also live in PostgreSQL."""

import os
import re
import subprocess
import sys

from tests import ROOT, VARIABLES
from tests.backends import program
from tests.server import Site

UNITS = [path.name for path in (ROOT / "deploy").glob("clinic*")]


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


def test_systemd_finds_no_fault_with_the_units(tmp_path):
    verify = program("systemd-analyze")
    for name in UNITS:
        text = (ROOT / "deploy" / name).read_text()
        text = text.replace("/srv/clinic/.venv", sys.prefix)
        (tmp_path / name).write_text(text.replace("/srv/clinic", str(ROOT)))

    command = [verify, "verify", "--man=no", *(tmp_path / name for name in UNITS)]
    result = subprocess.run(command, capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (0, "")


def test_service_can_do_little_harm():
    """systemd's own score, from 0 (safe) to 10; a service as it comes has 9.6."""
    command = [program("systemd-analyze"), "security", "--offline=true"]
    command += ["--threshold=13", ROOT / "deploy/clinic.service"]
    result = subprocess.run(command, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout.splitlines()[-1]
