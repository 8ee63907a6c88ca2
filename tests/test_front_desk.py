"""A person on a phone, with docs/staff.md, does the front desk's work."""

from calendar import day_name
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import screens
from tests.server import FORM, Site
from tests.test_accessibility import A_AND_AA, findings

MESSAGE = "We plan to open our list again in spring."
STATUS = "not accepting new patients"
OTHERS = "", "nope/", "second-step/", "pages/clinic/", "pages/review/add/?page=home"
STAFF = "auth/user/", "auth/user/add/", "auth/user/2/change/"
USED = ":is(input:not(.action-select, #action-toggle), textarea, button)"
SMALL = """all => all.filter(it => it.offsetParent).map(
    it => it.matches("[type=checkbox], [type=radio]") ? it.labels[0] : it
).filter(it => it.offsetHeight < 44).map(it => it.name || it.textContent)"""


@pytest.fixture(scope="module", params=[360, 1280])
def tab(browser, tmp_path_factory, request):
    """A tab that has just signed in, and in which the content policy blocks nothing."""
    office, said = Site(tmp_path_factory.mktemp("office")).prepare(), []
    size = {"width": request.param, "height": 740}
    with office, browser.new_page(base_url=office.origin, viewport=size) as tab:
        tab.on("console", lambda message: said.append(message.text))
        tab.goto("/admin/")
        assert not findings(tab, A_AND_AA)
        tab.get_by_label("Username").fill("owner")
        tab.get_by_label("Password").fill(office.password)
        press(tab, "Log in")
        expect(tab.get_by_role("heading", name="Front desk")).to_be_visible()
        yield tab
    assert [it for it in said if "Content Security" in it] == []


def sees(tab, words):
    """The first page says so, and the next visitor sees it."""
    heading = tab.get_by_role("heading", name=f"Visitors see: {words}", exact=True)
    expect(heading).to_be_visible()
    assert (STATUS in tab.request.get("/").text()) is (words == STATUS)


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).first.click()


def test_the_switch_the_message_and_the_hours_are_changed_and_undone(tab):
    """By keyboard, too; what is wrong is in sight, and leads to its field."""
    tab.goto("/admin/")
    sees(tab, STATUS)
    start = tab.get_by_role("button", name="Start accepting new patients")
    for _ in range(60):
        tab.keyboard.press("Tab")
        if start.evaluate("it => it === document.activeElement"):
            break
    focus = tab.evaluate(f"{screens.MEASURE.read_text()}; measure.focused()")
    assert min(focus["ring"], focus["contrast"]) >= 3
    tab.keyboard.press("Enter")
    sees(tab, "accepting new patients")

    tab.get_by_role("link", name="Change the message").click()
    expect(tab.locator("label", has_text="Message")).to_be_in_viewport(ratio=1)
    tab.get_by_label("Accepting new patients").uncheck()
    tab.get_by_label("Message").fill(MESSAGE)
    press(tab, "Save")
    sees(tab, STATUS)
    expect(tab.locator(".banner")).to_contain_text(MESSAGE)
    press(tab, "Undo")
    sees(tab, "accepting new patients")

    first = timezone.localdate() + timedelta(7)
    friday, save = tab.get_by_label("Friday"), tab.get_by_role("button", name="Save")
    tab.get_by_role("link", name="Change office hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday"):
        tab.get_by_label(day).fill("8.30am-12, 1-4:30")
    friday.fill("6-2")
    row = tab.get_by_role("group", name="Row 1")
    row.get_by_label("First day").fill(str(first))
    row.get_by_label("Hours (empty: closed)").fill("9-12")
    row.get_by_label("What for").fill("Early close")
    expect(save).to_be_in_viewport(ratio=1)
    save.click()
    told = tab.locator(".errornote", has_text="“6-2” is not clear")
    expect(told).to_be_in_viewport()
    told.get_by_role("link", name="Friday").click()
    expect(friday).to_be_focused()
    expect(friday).to_have_value("6-2")
    friday.fill("")
    save.click()
    expect(tab.get_by_text("change your Google and Apple listings too")).to_be_visible()
    said = " ".join(tab.locator(".desk").first.inner_text().split())
    assert "Monday to Thursday 8:30 am to noon, 1 pm to 4:30 pm" in said
    assert "Friday to Sunday Closed" in said
    assert f"{first:%B} {first.day}, {first.year}: 9 am to noon (Early close)" in said
    assert "(Early close)" in tab.request.get("/contact/").text()


def test_a_weekday_is_one_line_beside_hours_of_two(tab):
    tab.goto(FORM)
    for number, day in enumerate(day_name):
        tab.get_by_label(day).fill(f"8:30-12:30, 1:30-{5 + number % 2}:30")
    press(tab, "Save")
    lines = """all => all.map(it => {
        const text = document.createRange();
        text.selectNodeContents(it);
        return text.getClientRects().length;
    })"""

    assert tab.locator(".desk th[scope=row]").evaluate_all(lines) == [1] * 7


@pytest.mark.parametrize("path", [FORM, *(f"/admin/{path}" for path in OTHERS + STAFF)])
def test_no_page_of_staff_hangs_over_the_edge_or_keeps_anybody_out(tab, path):
    """And nothing to press or type in is small, but the ticks in lists of rows."""
    tab.goto(path)

    assert tab.url.endswith(path)
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert width == tab.viewport_size["width"]
    assert tab.locator(f"#content {USED}").evaluate_all(SMALL) == []
    assert not findings(tab, A_AND_AA)
