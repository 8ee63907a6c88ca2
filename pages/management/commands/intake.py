import getpass
import os

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pages import publishing
from pages.models import Clinic, on_the_newest


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
        if state != "status":
            facts = {} if message is None else {"message": message}
            self.change(accepting_new_patients=state == "open", **facts)
        elif message is not None:
            raise CommandError("--message goes with open or closed.", returncode=2)
        clinic = Clinic.newest()
        self.stdout.write(
            f"{'open' if clinic.accepting_new_patients else 'closed'} (decided by "
            f"{'staff' if clinic.version else 'the settings'})"
        )
        if clinic.message:
            self.stdout.write(clinic.message)
        if not publishing.agree():
            raise CommandError("Visitors still see what was published before.")

    @on_the_newest
    def change(self, **facts):
        untouched = [name for name in Clinic().facts if name not in facts]
        try:
            Clinic(**facts).clean_fields(exclude=["saved_by", *untouched])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        Clinic.newest().add(system_user(), **facts)
