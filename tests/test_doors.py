"""`make run` takes a bare machine to a running site, and says in one line why not."""

import os
import re
import subprocess
import urllib.request
from itertools import takewhile

import pytest

from tests import VARIABLES
from tests.server import Site, clone, free_port


def make_run(folder, *arguments, stderr=subprocess.DEVNULL, **variables):
    """Start it with the caller's environment, without what tests have put there."""
    ours = {*VARIABLES, "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DJANGO_SETTINGS_MODULE"}
    bare = {k: v for k, v in os.environ.items() if k not in ours}
    return subprocess.Popen(
        ["make", "run", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=bare | variables,
    )


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("exit 1", "Python 3.11 or later is needed"),
        ('case "$2" in *venv*) exit 1; esac', "Python's venv module is missing"),
    ],
)
def test_unfit_python_is_told_in_one_line(tmp_path, body, line):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{body}\n")
    python.chmod(0o755)

    with make_run(clone(tmp_path), f"PYTHON={python}") as result:
        told = result.stdout.read()

    assert result.returncode != 0
    assert told.startswith(line)
    assert told.count("\n") == 1


def test_run_goes_from_nothing_to_a_site_and_again(tmp_path):
    """Two starts: the second keeps data and prints no password."""
    folder, outputs = clone(tmp_path), []
    # What is compiled beforehand is of no use to a site of a minute.
    variables = {"PORT": str(free_port()), "PIP_NO_COMPILE": "no"}
    for _ in range(2):
        with make_run(folder, stderr=subprocess.STDOUT, **variables) as server:
            starting = takewhile(lambda it: "Listening at" not in it, server.stdout)
            outputs.append("".join(starting))
            address = re.search(r"The site: (\S+)", outputs[-1])[1]
            with urllib.request.urlopen(address, timeout=30) as page:
                assert b"not accepting new patients" in page.read()
            server.terminate()

    assert ["Password" in output for output in outputs] == [True, False]
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600


def test_runserver_outside_debug_is_told_in_one_line(tmp_path):
    result = Site(tmp_path / "data").run("manage.py", "runserver")

    assert result.returncode == 1
    assert result.stderr.startswith("runserver is for work on the site: set DEBUG=true")
    assert result.stderr.count("\n") == 1
