import getpass
import os

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from pages import facts
from pages.models import Clinic


def system_user():
    """Return the user whose name the history shows; nobody can sign in as such."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = os.getuid()
    user, _ = get_user_model().objects.get_or_create(
        username=f"{name}@command-line",
        defaults={"is_active": False, "password": make_password(None)},
    )
    return user


class Command(BaseCommand):
    help = "Open or close the clinic to new patients, or tell what visitors are told."

    def add_arguments(self, parser):
        parser.add_argument(
            "state", nargs="?", choices=["open", "closed", "status"], default="status"
        )
        parser.add_argument("--message", help="shown in the banner; empty: none")

    def handle(self, *, state, message, **options):
        if state == "status":
            if message is not None:
                raise CommandError("--message goes with open or closed.", returncode=2)
        else:
            self.change(state == "open", message)
        clinic = facts.saved()
        by = "staff" if clinic else "the settings"
        clinic = clinic or facts.current()
        state = "open" if clinic.accepting_new_patients else "closed"
        self.stdout.write(f"{state} (decided by {by})")
        if clinic.message:
            self.stdout.write(clinic.message)
        if not facts.agree():
            raise CommandError("Visitors still see what was published before.")

    @transaction.atomic
    def change(self, accepting, message):
        clinic, _ = Clinic.hold()
        clinic.accepting_new_patients = accepting
        if message is not None:
            clinic.message = message
        try:
            clinic.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        clinic.save(by=system_user())
