"""`make screenshots`: pictures of every screen to look at, and those in docs/."""

import shutil
import tempfile
from itertools import product
from pathlib import Path

from tests import ROOT, chromium
from tests.screens import ERRORS, LONGEST_FACTS, PATHS, set_up, show
from tests.server import Site

FOLDER = ROOT / "screenshots"
DOCS = ROOT / "docs"
SAVE_LONGEST_FACTS = f"""
from django.contrib.auth.models import User
from pages.models import Clinic
Clinic.add(User.objects.get(is_staff=True), **{LONGEST_FACTS})
"""
WISHES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "contrast": {"contrast": "more"},
    "forced-colors": {"forced_colors": "active"},
    "print": {"media": "print"},
}
LOOKS = [*product((320, 360, 1280), ("light", "dark")), *product((768,), WISHES)]


def take_all(tab, state):
    for screen in (*PATHS, *ERRORS):
        show(tab, screen, accepting=state == "accepting")
        for width, wish in LOOKS:
            set_up(tab, width, **WISHES[wish])
            name = f"{screen}-{width}-{wish}-{state}.png"
            tab.screenshot(path=FOLDER / name, full_page=True)


def take_for_docs(tab, password):
    show(tab, "home")
    set_up(tab, 360, 740)
    tab.screenshot(path=DOCS / "home-phone.png")
    set_up(tab, 1280, 640, color_scheme="dark")
    tab.screenshot(path=DOCS / "home-dark.png")
    show(tab, "how_it_works")
    set_up(tab, 360, 740)
    tab.locator("figure").nth(1).screenshot(path=DOCS / "figure.png")
    set_up(tab, 360, 900)
    tab.goto("/admin/")
    tab.get_by_label("Username").fill("owner")
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Log in").click()
    tab.get_by_role("button", name="Start accepting").click()
    tab.get_by_role("button", name="Stop accepting").click()
    tab.screenshot(path=DOCS / "staff-first-page.png")
    tab.get_by_role("link", name="Change office hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday"):
        tab.get_by_label(day).fill("9-12, 1-5")
    tab.get_by_label("Friday").fill("9 to noon")
    tab.screenshot(path=DOCS / "staff-form.png")
    tab.get_by_role("link", name="Second step").click()
    tab.screenshot(path=DOCS / "second-step.png", full_page=True)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with tempfile.TemporaryDirectory() as data, chromium.running() as browser:
        for state in ("banner", "accepting", "full"):
            flag = str(state == "accepting").lower()
            site = Site(Path(data) / state, ACCEPTING_NEW_PATIENTS=flag).prepare()
            site.manage("collectstatic", "--no-input", "-v0")
            if state == "full":
                site.manage("shell", "--command", SAVE_LONGEST_FACTS)
            with site:
                tab = browser.new_page(base_url=site.origin)
                take_all(tab, state)
                if state == "banner":
                    take_for_docs(tab, site.password)
    print(f"{len(list(FOLDER.iterdir()))} pictures are in {FOLDER.name}/")


main()
