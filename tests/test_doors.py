"""`make run` takes a bare machine to a running site, and says in one line why not."""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import pytest

from tests import ROOT, VARIABLES
from tests.server import clone, free_port


@pytest.fixture
def folder(tmp_path):
    return clone(tmp_path)


def environment(**variables):
    """Return the caller's, without what tests or an outer make have put there."""
    ours = {*VARIABLES, "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    bare = {k: v for k, v in os.environ.items() if k not in ours}
    del bare["DJANGO_SETTINGS_MODULE"]
    return bare | variables


def make(folder, *arguments, **variables):
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
    )


def fake_python(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("python", "line"),
    [
        ("exit 1", "Python 3.11 or later is needed"),
        ('case "$2" in *venv*) exit 1; esac', "Python's venv module is missing"),
    ],
)
def test_unfit_python_is_told_in_one_line(folder, python, line):
    path = fake_python(folder, "python", python)

    result = make(folder, "run", f"PYTHON={path}")

    assert result.returncode != 0
    assert result.stdout.startswith(line)
    assert result.stdout.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_run_goes_from_nothing_to_a_site_and_again(folder):
    """Two starts: the second keeps data and prints no password."""
    port = str(free_port())
    outputs = []
    for _ in range(2):
        with subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            env=environment(PORT=port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as server:
            lines = []
            for line in server.stdout:
                lines.append(line)
                if "banner's switch" in line:
                    break
            address = re.search(r"http://\S+/", lines[-1]).group()
            with urllib.request.urlopen(address, timeout=30) as page:
                assert b"not accepting new patients" in page.read()
            server.terminate()
        outputs.append("".join(lines))

    assert "Password" in outputs[0]
    assert "Password" not in outputs[1]
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


def test_folder_that_is_not_ours_is_told_in_one_line():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "Makefile", folder)
        Path(folder, "requirements.txt").touch()
        Path(folder).chmod(0o555)
        result = subprocess.run(
            ["make", "run"],
            cwd=folder,
            env=environment(),
            user="nobody" if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
        )
        Path(folder).chmod(0o755)

    assert result.returncode != 0
    assert result.stdout == f"You may not write in this folder: {folder}/.\n"


def test_taken_port_is_told(site):
    result = site.run("-m", "gunicorn", "clinic_site.wsgi")

    assert result.returncode == 1
    assert f"Connection in use: ('127.0.0.1', {site.port})" in result.stderr
    assert "Traceback" not in result.stderr


def test_runserver_outside_debug_is_told_in_one_line(site):
    result = site.run("manage.py", "runserver")

    assert result.returncode == 1
    assert result.stderr.startswith("runserver is for work on the site: set DEBUG=true")
    assert result.stderr.count("\n") == 1
