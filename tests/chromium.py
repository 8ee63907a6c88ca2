"""Where the browser for the tests is; `python -m tests.chromium` installs one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HOW = "install one with `apt install chromium` or `playwright install chromium`"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find():
    """Return the path of a Chromium, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install():
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"])
        packages = ["chromium", "fonts-dejavu-core"]
        subprocess.run(
            ["apt-get", "install", "-qq", "--no-install-recommends", *packages]
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    if not find():
        install()
    if not find():
        print(f"No Chromium, so browser tests cannot run: {HOW}.")
