"""A visitor reads the site, and staff switch its banner, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PAGES
from tests.test_pages import PATHS

STATUS = "not accepting new patients"


@pytest.fixture
def staff(browser, site):
    """A phone-sized tab signed in as the first staff user."""
    context = browser.new_context(
        base_url=site.origin, viewport={"width": 360, "height": 740}
    )
    tab = context.new_page()
    tab.goto("/admin/")
    tab.get_by_label("Username").fill("owner")
    tab.get_by_label("Password").fill(site.password)
    tab.get_by_role("button", name="Log in").click()
    yield tab
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_visitor_reads_every_page_by_following_links(visitor, width):
    visitor.set_viewport_size({"width": width, "height": 740})
    visitor.goto("/")
    read = {"/"}

    for name in PAGES[1:]:
        visitor.locator(f'a[href="{PATHS[name]}"]:visible').first.click()
        expect(visitor.locator("h1")).to_be_visible()
        read.add(visitor.evaluate("location.pathname"))

    assert read == set(PATHS.values())


def test_staff_switch_the_banner_and_the_next_visitor_sees_it(staff, visitor):
    for wanted in (True, False):
        staff.goto("/admin/pages/clinic/")
        staff.get_by_label("Accepting new patients").set_checked(wanted)
        staff.get_by_role("button", name="Save", exact=True).last.click()
        expect(staff.get_by_text("Saved.")).to_be_visible()

        for path in PATHS.values():
            visitor.goto(path)
            expect(visitor.get_by_text(STATUS).first).to_be_visible(visible=not wanted)


def test_staff_meet_one_form_that_cannot_be_added_to_or_deleted(staff):
    staff.goto("/admin/")
    staff.get_by_role("link", name=re.compile("banner", re.IGNORECASE)).first.click()

    expect(staff.get_by_label("Message")).to_be_visible()
    for name in ("Add", "Delete"):
        assert staff.get_by_role("link", name=name).count() == 0


def test_bad_input_keeps_what_was_typed_and_says_what_is_right(staff):
    staff.goto("/admin/pages/clinic/1/change/")

    staff.get_by_label("Phone").fill("376 9094")
    staff.get_by_role("button", name="Save", exact=True).last.click()

    expect(staff.get_by_text("such as 503-376-9094").first).to_be_visible()
    expect(staff.get_by_label("Phone")).to_have_value("376 9094")
