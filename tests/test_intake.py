"""`manage.py intake` opens, closes and tells, for people who automate."""

import pytest

from tests.server import Site, Staff

STATUS = "not accepting new patients"


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A running site that no other test has changed."""
    with Site(tmp_path_factory.mktemp("intake")).prepare() as site:
        yield site


def intake(site, *arguments):
    return site.run("manage.py", "intake", *arguments)


def test_tells_first_opens_then_and_is_in_the_history(used):
    before = intake(used, "status")
    opened = intake(used, "open", "--message", "Back in spring.")
    page = used.get("/").text
    closed = intake(used, "closed")
    history = Staff(used).ask("/admin/pages/clinic/").text

    assert before.stdout == "closed (decided by the settings)\n"
    assert opened.stdout == "open (decided by staff)\nBack in spring.\n"
    assert STATUS not in page
    assert STATUS in used.get("/").text
    assert "Back in spring." in used.get("/").text
    assert closed.stdout == "closed (decided by staff)\nBack in spring.\n"
    assert "@command-line" in history
    assert "Accepting new patients from yes to no" in history
    assert [r.returncode for r in (before, opened, closed)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["ajar"], 2, "invalid choice: 'ajar'"),
        (["status", "--message", "x"], 2, "--message goes with open or closed"),
        (["closed", "--message", "x" * 201], 1, "at most 200 characters"),
    ],
)
def test_bad_use_changes_nothing_and_says_what_is_wrong(used, arguments, code, told):
    before = intake(used).stdout

    result = intake(used, *arguments)

    assert result.returncode == code
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert intake(used).stdout == before


def test_nobody_can_sign_in_under_the_command_lines_name(used):
    intake(used, "open")
    code = (
        "from django.contrib.auth.models import User; "
        "u = User.objects.get(username__endswith='@command-line'); "
        "print(u.is_active, u.is_staff, u.has_usable_password())"
    )

    assert used.manage("shell", "--verbosity", "0", "--command", code).strip() == (
        "False False False"
    )
