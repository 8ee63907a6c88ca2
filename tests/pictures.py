"""Make the pictures of docs/staff.md anew: `python -m tests.pictures`."""

import tempfile
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests import ROOT, chromium
from tests.server import Site

DOCS = ROOT / "docs"


def take(tab, password):
    tab.goto("/admin/")
    tab.get_by_label("Username").fill("owner")
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Log in").click()
    tab.get_by_role("button", name="Start accepting").click()
    tab.get_by_role("button", name="Stop accepting").click()
    size = {"x": 0, "y": 0, "width": 360}
    tab.screenshot(path=DOCS / "staff-first-page.png", clip={**size, "height": 875})
    tab.get_by_role("link", name="Change the message").click()
    tab.get_by_label("Message").fill("We plan to open our list again in spring.")
    tab.get_by_label("Office hours").fill(
        "Monday to Thursday 9 am to 4:30 pm\nFriday 9 am to noon"
    )
    tab.get_by_label("Days closed").fill("December 24 to 26: Christmas")
    tab.locator("h2", has_text="New patients").scroll_into_view_if_needed()
    tab.screenshot(
        path=DOCS / "staff-form.png",
        clip={"x": 0, "y": 300, "width": 360, "height": 810},
        full_page=True,
    )


if __name__ == "__main__":
    call_command("collectstatic", interactive=False, verbosity=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        Site(Path(folder) / "data").prepare() as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        tab = browser.new_page(
            base_url=site.origin, viewport={"width": 360, "height": 900}
        )
        take(tab, site.password)
