"""Where the browser for the tests is; `python -m tests.chromium` installs one."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

HOW = "install one with `apt install chromium` or `playwright install chromium`"
APT_GET = "apt-get", "install", "-qq", "--no-install-recommends"


def on_path():
    names = "chromium", "chromium-browser", "google-chrome"
    return next(filter(None, map(shutil.which, names)), None)


def find():
    if path := on_path():
        return path
    with suppress(Exception):  # its Node may lack a library of the system
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
        return path if Path(path).exists() else None


@contextmanager
def running():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=find())


if __name__ == "__main__":
    if not on_path() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"])
        subprocess.run([*APT_GET, "chromium", "fonts-dejavu-core"])
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if not find():
        print(f"No Chromium, so browser tests cannot run: {HOW}.")
