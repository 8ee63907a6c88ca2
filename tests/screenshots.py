"""Pictures of every page for people to look at: `make screenshots`."""

import shutil
import tempfile
from itertools import product
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests import ROOT, chromium
from tests.server import Site
from tests.test_pages import PATHS

FOLDER = ROOT / "screenshots"
PAGES = {**PATHS, "404": "/nowhere/"}
WIDTHS = {360: 740, 768: 1024, 1280: 800}
SCHEMES = ("light", "dark")
BANNERS = {"banner": "false", "no-banner": "true"}
# What a visitor's own settings change, each at one width.
SETTINGS = {
    "contrast": {"contrast": "more"},
    "forced-colors": {"forced_colors": "active"},
    "print": {"media": "print"},
}


def take(browser, site, banner):
    for scheme, (width, height) in product(SCHEMES, WIDTHS.items()):
        tab = browser.new_page(
            base_url=site.origin,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
        )
        for name, path in PAGES.items():
            tab.goto(path)
            picture = FOLDER / f"{name}-{width}-{scheme}-{banner}.png"
            tab.screenshot(path=picture, full_page=True)
        tab.close()


def take_settings(browser, site):
    tab = browser.new_page(
        base_url=site.origin, viewport={"width": 768, "height": 1024}
    )
    for name, path in PAGES.items():
        tab.goto(path)
        for setting, media in SETTINGS.items():
            tab.emulate_media(**media)
            tab.screenshot(path=FOLDER / f"{name}-{setting}.png", full_page=True)
            tab.emulate_media(media="screen", contrast="null", forced_colors="none")
        tab.pdf(path=FOLDER / f"{name}.pdf", prefer_css_page_size=True, format="Letter")
    tab.close()


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    call_command("collectstatic", interactive=False, verbosity=0)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        for banner, accepting in BANNERS.items():
            data_dir = Path(data) / banner
            with Site(data_dir, ACCEPTING_NEW_PATIENTS=accepting) as site:
                take(browser, site, banner)
                if banner == "banner":
                    take_settings(browser, site)
    print(f"{len(list(FOLDER.iterdir()))} pictures are in {FOLDER.name}/.")


if __name__ == "__main__":
    main()
