"""`make screenshots`: pictures of every screen, for people to look at."""

import shutil
import tempfile
from itertools import product
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests import ROOT, chromium
from tests.screens import SCREENS, set_up, show
from tests.server import Site

FOLDER = ROOT / "screenshots"
DOCS = ROOT / "docs"
SIZES = ((360, 740), (768, 1024), (1280, 800))
SCHEMES = ("light", "dark")
BANNERS = {"banner": False, "no-banner": True}
# What a visitor wishes for beyond a scheme, each at one size.
WISHES = {
    "contrast": {"contrast": "more"},
    "forced-colors": {"forced_colors": "active"},
    "print": {"media": "print"},
}


def take(tab, name):
    tab.screenshot(path=FOLDER / f"{name}.png", full_page=True)


def take_all(tab, banner, accepting):
    for screen in SCREENS:
        show(tab, screen, accepting)
        for (width, height), scheme in product(SIZES, SCHEMES):
            set_up(tab, width, height, color_scheme=scheme)
            take(tab, f"{screen}-{width}-{scheme}-{banner}")
        for wish, media in WISHES.items():
            set_up(tab, 768, 1024, **media)
            take(tab, f"{screen}-{wish}-{banner}")


def take_for_readme(tab):
    show(tab, "home")
    set_up(tab, 360, 740)
    tab.screenshot(path=DOCS / "home-phone.png")
    set_up(tab, 1280, 640, color_scheme="dark")
    tab.screenshot(path=DOCS / "home-dark.png")
    show(tab, "how_it_works")
    set_up(tab, 360, 740)
    figure = tab.locator("figure", has_text="two trees")
    figure.screenshot(path=DOCS / "figure.png")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    DOCS.mkdir(exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        for banner, accepting in BANNERS.items():
            flag = str(accepting).lower()
            with Site(Path(data) / banner, ACCEPTING_NEW_PATIENTS=flag) as site:
                tab = browser.new_page(base_url=site.origin)
                take_all(tab, banner, accepting)
                if not accepting:
                    take_for_readme(tab)
    print(f"{len(list(FOLDER.iterdir()))} pictures are in {FOLDER.name}/")


if __name__ == "__main__":
    main()
