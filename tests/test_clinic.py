"""The facts are a list of versions: each save adds one, and bad input is told apart."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pages.models import Clinic

pytestmark = pytest.mark.django_db
SPRING, FALL = "Back in spring.", "Back in fall."


@pytest.mark.parametrize(
    ("field", "bad", "advice"),
    [
        ("phone", "376-9094", "such as 503-376-9094"),
        ("phone", "(503) 376-9094", "such as 503-376-9094"),
        ("phone", "503-376-9094\n", "such as 503-376-9094"),
        ("fax", "103-974-9819", "such as 503-376-9094"),
        ("state", "Oregon", "such as OR"),
        ("zip_code", "9703", "such as 97035"),
        ("name", "", "cannot be blank"),
        ("message", "x" * 201, "at most 200 characters"),
    ],
)
def test_bad_input_is_refused_by_name_with_advice(field, bad, advice):
    Clinic().clean_fields(exclude=["saved_by"])  # the facts as shipped are good
    with pytest.raises(ValidationError) as refused:
        Clinic(**{field: bad}).full_clean()

    assert advice in " ".join(refused.value.message_dict[field])


def test_each_save_that_changes_something_adds_a_version_to_those_before(bob_saves):
    shipped = Clinic.newest()
    bob_saves(message=SPRING)
    last = bob_saves(message=FALL)

    assert (shipped.version, shipped.fax) == (0, "503-974-9819")
    assert bob_saves(message=FALL) == Clinic.newest() == last
    kept = Clinic.objects.order_by("version").values_list("version", "message")
    assert list(kept) == [(1, SPRING), (2, FALL)]


def test_what_nobody_can_see_is_kept_from_nowhere(bob_saves):
    assert bob_saves(message="Back\x1b \u202ein\u200b\nspring.").message == SPRING


def test_of_two_who_change_the_same_version_only_the_first_can_save(bob_saves):
    seen_by_both = Clinic.newest()
    first = bob_saves(message=SPRING)

    with pytest.raises(IntegrityError), transaction.atomic():
        seen_by_both.add(first.saved_by, message=FALL)

    assert Clinic.newest().message == SPRING


@pytest.mark.parametrize(
    ("facts", "checked"),
    [
        ({"accepting_new_patients": True}, True),
        ({"message": SPRING}, True),
        ({"fax": "503-555-0100"}, False),
    ],
)
def test_only_a_change_of_what_new_patients_are_told_checks_it_as_of_today(
    bob_saves, facts, checked
):
    assert bob_saves(**facts).checked_on == (date.today() if checked else None)
