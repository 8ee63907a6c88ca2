"""The facts are a list of versions: each save adds one, and changes none before."""

from datetime import date

import pytest
from django.db import IntegrityError

from pages.models import Clinic, on_the_newest

pytestmark = pytest.mark.django_db
SPRING, FALL = "Back in spring.", "Back in fall."


def test_each_save_that_changes_something_adds_a_version_to_those_before(bob_saves):
    shipped = Clinic.newest()
    shipped.clean_fields(exclude=["saved_by"])
    bob_saves(message=SPRING)
    last = bob_saves(message=FALL)

    assert (shipped.version, shipped.fax) == (0, "503-974-9819")
    assert bob_saves(message=FALL) == Clinic.newest() == last
    kept = Clinic.objects.order_by("version").values_list("version", "message")
    assert list(kept) == [(1, SPRING), (2, FALL)]


def test_what_nobody_can_see_is_kept_from_nowhere(bob_saves):
    assert bob_saves(message="Back\x1b \u202ein\u200b\nspring.").message == SPRING


def test_of_two_who_change_the_same_version_the_second_does_it_again(bob_saves):
    bob = bob_saves(message=SPRING).saved_by
    meanwhile, seen = [FALL], []

    @on_the_newest
    def change(**facts):
        seen.append(Clinic.newest())
        while meanwhile:
            bob_saves(message=meanwhile.pop())
        return seen[-1].add(bob, **facts)

    newest = change(fax="503-555-0100")

    assert [clinic.version for clinic in (*seen, newest)] == [1, 2, 3]
    assert (newest.message, newest.fax) == (FALL, "503-555-0100")
    with pytest.raises(IntegrityError):
        seen[0].add(bob, fax="")


def test_only_a_change_of_what_new_patients_are_told_checks_it_as_of_today(bob_saves):
    before, today = date(2027, 3, 3), date.today()

    for facts, checked in (
        ({"fax": "503-555-0100"}, before),
        ({"accepting_new_patients": True}, today),
        ({"message": SPRING}, today),
    ):
        bob_saves(checked_on=before)
        assert bob_saves(**facts).checked_on == checked, facts
