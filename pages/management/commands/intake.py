from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pages import publishing
from pages.models import Clinic, on_the_newest


class Command(BaseCommand):
    help = "Open or close the clinic to new patients, or tell what visitors are told."

    def add_arguments(self, parser):
        states = {"nargs": "?", "choices": ["open", "closed", "status"]}
        parser.add_argument("state", default="status", **states)
        parser.add_argument("--message", help="shown in the banner; empty: none")

    @on_the_newest
    def handle(self, *, state, message, **options):
        clinic = Clinic.newest()
        if state != "status":
            facts = {"accepting_new_patients": state == "open"}
            facts["message"] = clinic.message if message is None else message
            try:
                Clinic(**facts).clean_fields()
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from None
            clinic = clinic.add(User.objects.get(username="command-line"), **facts)
        elif message is not None:
            raise CommandError("--message goes with open or closed.")
        told = "open" if clinic.accepting_new_patients else "closed"
        decided_by = "staff" if clinic.version else "the settings"
        self.stdout.write(f"{told} (decided by {decided_by})")
        if clinic.message:
            self.stdout.write(clinic.message)
        if not publishing.agree():
            raise CommandError("Visitors still see what was published before.")
