"""A page says who reviewed it only while its words are those that were signed for."""

import json
import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.utils import timezone

from pages import publishing, reviews
from pages.models import Clinic, Review
from pages.views import remembered
from tests.server import Site, clone

PAGE, PATH = "about_ketamine", "/about-ketamine/"
TEMPLATE, FIGURE = f"pages/{PAGE}.html", "includes/figure_ten_people.html"
SIGN = f"/admin/pages/review/add/?page={PAGE}"
BY_DANA = {"reviewer": "Dana Doe", "credentials": "MD"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_remembered")]
CLAIM = "Reviewed by Dana Doe, MD, on"
DAY, LAST_DAY, OVERDUE = date(2027, 3, 3), date(2028, 3, 2), date(2028, 3, 3)
MAKE_DANA = """
from django.contrib.auth.models import Group, User
dana = User.objects.create_user("dana", password="a long secret", is_staff=True)
dana.groups.add(Group.objects.get(name="Reviewer"))
"""


@pytest.fixture
def dana(client):
    """A client signed in as a reviewer."""
    exec(MAKE_DANA)
    client.force_login(User.objects.get(username="dana"))
    return client


@pytest.fixture
def review(dana):
    words = {"words": reviews.words(PAGE), "digest": reviews.digest(PAGE)}
    account = User.objects.get(username="dana")
    review = Review(page=PAGE, day=DAY, account=account, **BY_DANA, **words)
    review.save()
    publishing.publish()
    return review


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
    body, _ = remembered(PAGE, published, day, "")
    document = BeautifulSoup(body, "html5lib")
    data = json.loads(document.find("script").string)["@graph"][0]
    return " ".join(document.main.text.split()), data


def seen(site):
    """Return whether each of many answers of all workers has the claim, as a set."""
    texts = [site.get(PATH).text for _ in range(20)]
    return {(CLAIM in text, "lastReviewed" in text) for text in texts}


def test_reviewer_signs_and_the_claim_lasts_as_long_as_the_words(tmp_path, browser):
    root, data = clone(tmp_path / "release", "staticfiles"), tmp_path / "data"
    page = root / "templates" / TEMPLATE
    page.write_text(page.read_text().replace("is not a cure", "is a cure"))
    site = Site(data).prepare()
    site.manage("shell", "--command", MAKE_DANA)
    with site:
        tab = browser.new_page(viewport={"width": 360, "height": 740})
        tab.goto(f"{site.origin}/admin/")
        tab.get_by_label("Username").fill("dana")
        tab.get_by_label("Password").fill(site.password)
        tab.keyboard.press("Enter")
        tab.get_by_role("link", name="About Ketamine").click()
        tab.get_by_label("Name").fill("Dana Doe")
        tab.get_by_label("Credentials").fill("MD")
        tab.get_by_label("I have read About Ketamine as it stands today").focus()
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
        assert seen(site) == {(False, False)}
        tab.keyboard.press("Space")
        tab.keyboard.press("Enter")
        tab.get_by_text("was added successfully.").wait_for()
        assert seen(site) == {(True, True)}
        tab.close()

        with Site(data, root=root) as newer:
            assert seen(newer) == {(False, False)}
            assert seen(site) == {(True, True)}


@pytest.mark.parametrize(
    ("template", "old", "new", "kept"),
    [
        (FIGURE, "</svg>", "<text>Not</text></svg>", False),
        (FIGURE, "<svg ", '<svg aria-label="Not" ', False),
        (TEMPLATE, "Ketamine is not a", "Ketamine\n is <b>not</b>  a", True),
    ],
)
def test_a_changed_word_takes_the_claim_and_white_space_and_markup_leave_it(
    review, edit, template, old, new, kept
):
    edit(template, old, new)

    text, data = page_on(DAY)

    assert (CLAIM in text) is kept
    assert len({"lastReviewed", "reviewedBy"} & data.keys()) == 2 * kept
    assert (reviews.digest(PAGE) == review.digest) is kept


@pytest.mark.parametrize("page", reviews.MEDICAL)
def test_what_is_said_only_without_new_patients_is_not_medical(page):
    """Nobody signs for it."""

    def said(accepting):
        clinic = Clinic(accepting_new_patients=accepting)
        html = render_to_string(f"pages/{page}.html", {"page": page, "clinic": clinic})
        blocks = BeautifulSoup(html, "html5lib").main.select("p, li, dd, h2, svg")
        return {" ".join(block.text.split()) for block in blocks}

    only = said(accepting=False) - said(accepting=True)

    assert only
    assert all(it.startswith(("We are not acc", "You can still read")) for it in only)


def test_what_staff_change_leaves_the_claim_and_overdue_is_told_the_day_alone(review):
    facts = dict.fromkeys(("name", "street", "city", "message", "phone"), "x" * 20)
    (due, data), (overdue, bare) = (page_on(it, **facts) for it in (LAST_DAY, OVERDUE))

    assert f"{CLAIM} March 3, 2027. Next review due March 2, 2028." in due
    assert "x" * 20 in due
    assert "Last reviewed on March 3, 2027." in overdue
    assert "Dana" not in overdue
    dana = {"@type": "Person", "name": "Dana Doe", "honorificSuffix": "MD"}
    assert data == bare | {"reviewedBy": dana}
    assert bare["lastReviewed"] == "2027-03-03"
    assert CLAIM in page_on(DAY, accepting_new_patients=True)[0]


def test_first_page_of_the_admin_tells_what_to_review(
    review, admin_client, front_desk, edit
):
    def states():
        document = BeautifulSoup(admin_client.get("/admin/").text, "html.parser")
        told = " ".join(document.select_one("#medical-pages + ul").text.split())
        return re.findall(r"(?:Home|About Ketamine): ([a-z ]+[a-z])", told)

    today, seen = timezone.localdate(), []
    for days in (334, 335, 365, 366):
        Review.objects.update(day=today - timedelta(days))
        seen.append(states()[1])
    edit(TEMPLATE, "70.8%", "78.0%")

    assert seen == ["reviewed", "due soon", "due soon", "overdue"]
    assert states() == ["never reviewed", "its words have changed since"]
    assert "Medical pages" not in front_desk.get("/admin/").text


def test_nobody_signs_for_words_not_shown_or_not_read(review, dana, edit):
    """They see what has changed since the last review."""
    signed = BY_DANA | {"digest": reviews.digest(PAGE)}
    unread = dana.post(SIGN, BY_DANA).text
    unnamed = dana.post(SIGN, signed | {"reviewer": "\u200b"}).text
    edit(TEMPLATE, "Ketamine is not a cure", "Ketamine is never a cure")
    unseen = dana.post(SIGN, signed).text
    words = BeautifulSoup(dana.get(SIGN).text, "html5lib").find(class_="words")

    assert [word.text.strip() for word in words(["del", "ins"])] == ["not", "never"]
    assert "This field is required." in unread
    assert "This field is required." in unnamed
    assert "The words have changed. Read them again." in unseen
    assert 'value="Dana Doe"' in unseen
    assert "checked" not in unseen
    assert Review.objects.get() == review


def test_settings_decide_while_only_a_review_is_published(review, settings):
    settings.ACCEPTING_NEW_PATIENTS = True
    publishing.from_json.cache_clear()

    assert publishing.current().accepting_new_patients is True
    assert publishing.current().reviews[review.digest].reviewer == "Dana Doe"
