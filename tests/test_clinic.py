"""There is one clinic, its shipped facts are right, and bad input is told apart."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pages.models import Clinic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pk", [1, 2])
def test_a_second_row_is_refused_by_the_database(pk):
    Clinic().save()

    with pytest.raises(IntegrityError), transaction.atomic():
        Clinic.objects.bulk_create([Clinic(pk=pk)])

    assert Clinic.objects.count() == 1


def test_shipped_facts_are_valid():
    Clinic().full_clean()


@pytest.mark.parametrize(
    ("field", "bad", "advice"),
    [
        ("phone", "376-9094", "such as 503-376-9094"),
        ("phone", "(503) 376-9094", "such as 503-376-9094"),
        ("phone", "503-376-9094\n", "such as 503-376-9094"),
        ("fax", "103-974-9819", "such as 503-376-9094"),
        ("state", "Oregon", "such as OR"),
        ("state", "ZZ", "such as OR"),
        ("zip_code", "9703", "such as 97035"),
        ("name", "", "cannot be blank"),
        ("message", "x" * 201, "at most 200 characters"),
    ],
)
def test_bad_input_is_refused_by_name_with_advice(field, bad, advice):
    with pytest.raises(ValidationError) as refused:
        Clinic(**{field: bad}).full_clean()

    assert advice in " ".join(refused.value.message_dict[field])


@pytest.mark.parametrize("field", ["accepting_new_patients", "message"])
def test_what_new_patients_are_told_is_confirmed_on_the_day_it_changes(field):
    clinic = Clinic(**{field: {"message": "Back in spring."}.get(field, True)})

    clinic.save()

    assert clinic.confirmed_on == date.today()


def test_other_facts_confirm_nothing():
    clinic = Clinic(fax="503-555-0100")

    clinic.save()
    clinic.fax = "503-555-0101"
    clinic.save()

    assert clinic.confirmed_on is None
