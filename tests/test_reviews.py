"""A page says who reviewed it only while its words are those that were signed for."""

import json
import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.utils import timezone
from django.utils.html import strip_tags

from pages import publishing, reviews
from pages.models import Clinic, Review
from pages.views import remembered
from tests.conftest import publish

PAGE, PATH = "about_ketamine", "/about-ketamine/"
TEMPLATE, FIGURE = f"pages/{PAGE}.html", "includes/figure_ten_people.html"
SIGN = f"/admin/pages/review/add/?page={PAGE}"
TICK = r'name="digest" value="(\w+)"> I have read About Ketamine as it stands today'
BY_DANA = {"reviewer": "Dana Doe", "credentials": "MD"}
CLAIM = "Reviewed by Dana Doe, MD, on"
DAY, LAST_DAY, OVERDUE = date(2027, 3, 3), date(2028, 3, 2), date(2028, 3, 3)
pytestmark = pytest.mark.django_db


def signed(page, **values):
    """Return what is sent by somebody who ticks that they have read these words."""
    return BY_DANA | {"digest": re.search(TICK, page)[1]} | values


@pytest.fixture
def dana(client, django_capture_on_commit_callbacks):
    """A client signed in as a reviewer, whose review of DAY is the last."""
    account = User.objects.create_user("dana", is_staff=True)
    account.groups.add(Group.objects.get(name="Reviewer"))
    client.force_login(account)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(SIGN, signed(client.get(SIGN).text))
    assert LogEntry.objects.filter(change_message__startswith="Dana Doe, MD, signed")
    assert CLAIM in client.get(PATH).text  # at once
    assert "accepting" not in publishing.current_json()  # so settings decide as before
    Review.objects.update(day=DAY)
    return client


@pytest.fixture
def edit(settings, tmp_path):
    """Return a function that changes a template, as if the process started after it."""

    def edit(template, old, new):
        text = (settings.BASE_DIR / "templates" / template).read_text()
        assert old in text
        (tmp_path / template).parent.mkdir()
        (tmp_path / template).write_text(text.replace(old, new))
        (engine,) = settings.TEMPLATES
        settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
        reviews.words.cache_clear()

    yield edit
    reviews.words.cache_clear()


def page_on(day, **facts):
    """Return the page's text, and what it tells machines of itself."""
    published = publishing.to_json(Clinic(version=1, **facts), Review.newest().values())
    body = remembered(PAGE, published, day, "")
    document = BeautifulSoup(body, "html5lib")
    data = json.loads(document.find("script").string)["@graph"][0]
    return " ".join(document.main.text.split()), data


@pytest.mark.parametrize(
    ("template", "old", "new", "kept"),
    [
        (FIGURE, "</svg>", "<text>Not</text></svg>", False),
        (FIGURE, "<svg ", '<svg aria-label="Not" ', False),
        (TEMPLATE, "Ketamine is not a", "Ketamine\n is <b>not</b>  a", True),
    ],
)
@pytest.mark.usefixtures("dana")
def test_a_changed_word_takes_the_claim_and_white_space_and_markup_leave_it(
    edit, template, old, new, kept
):
    edit(template, old, new)

    text, data = page_on(DAY)

    assert (CLAIM in text) is kept
    assert len({"lastReviewed", "reviewedBy"} & data.keys()) == 2 * kept


@pytest.mark.parametrize("page", reviews.MEDICAL)
def test_what_is_said_only_without_new_patients_is_not_medical(read, page):
    """Nobody signs for it."""
    said = []
    for accepting in (False, True):
        publish(accepting_new_patients=accepting)
        blocks = read(page).main.select("p, li, dd, h2, svg")
        said.append({" ".join(block.text.split()) for block in blocks})

    only = said[0] - said[1]
    assert only
    assert "not accepting" not in reviews.words(page)
    assert all(it.startswith(("We are not acc", "You can still read")) for it in only)


@pytest.mark.usefixtures("dana")
def test_what_staff_change_leaves_the_claim_and_overdue_is_told_the_day_alone():
    facts = dict.fromkeys(("name", "street", "city", "message", "phone"), "x" * 20)
    (due, data), (overdue, bare) = (page_on(it, **facts) for it in (LAST_DAY, OVERDUE))

    assert f"{CLAIM} March 3, 2027. Next review due March 2, 2028." in due
    assert "x" * 20 in due
    assert "Last reviewed on March 3, 2027." in overdue
    assert "Dana" not in overdue
    person = {"@type": "Person", "name": "Dana Doe", "honorificSuffix": "MD"}
    assert data == bare | {"reviewedBy": person}
    assert bare["lastReviewed"] == "2027-03-03"
    assert CLAIM in page_on(DAY, accepting_new_patients=True)[0]


def test_first_page_of_the_admin_tells_reviewers_what_to_review(
    dana, admin_client, front_desk, edit
):
    def state():
        text = " ".join(strip_tags(admin_client.get("/admin/").text).split())
        return re.search(r"Home: never reviewed About Ketamine: ([a-z ]+)", text)[1]

    states = {334: "reviewed", 335: "due soon", 365: "due soon", 366: "overdue"}
    for days, told in states.items():
        Review.objects.update(day=timezone.localdate() - timedelta(days))
        assert state().strip() == told, days
    edit(TEMPLATE, "70.8%", "78.0%")
    assert state().strip() == "its words have changed since"
    assert "Medical pages" not in front_desk.get("/admin/").text


def test_nobody_signs_for_words_not_shown_or_not_read(dana, edit):
    """They see what has changed since the last review, which theirs then is."""
    before = dana.get(SIGN).text
    edit(TEMPLATE, "Ketamine is not a cure", "Ketamine is never a cure")
    now = dana.get(SIGN).text
    for told, sent in [
        ("This field is required.", BY_DANA),
        ("This field is required.", signed(now, reviewer="\u200b")),
        ("The words have changed. Read them again.", signed(before)),
    ]:
        again = dana.post(SIGN, sent).text
        assert told in again
        assert 'value="MD"' in again
        assert "checked" not in again

    words = BeautifulSoup(now, "html5lib").find(class_="words")
    assert [word.text.strip() for word in words(["del", "ins"])] == ["not", "never"]
    dana.post(SIGN, signed(now, reviewer="Eve"))
    assert (Review.objects.count(), Review.newest()[PAGE].reviewer) == (2, "Eve")
