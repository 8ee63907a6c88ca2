from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from pages import publishing
from pages.models import Clinic


class Command(BaseCommand):
    help = "Open or close the clinic to new patients, or tell which it is."

    def add_arguments(self, parser):
        parser.add_argument("state", nargs="?", choices=["open", "closed", "status"])

    def handle(self, *, state, **options):
        clinic = Clinic.newest()
        if state in ("open", "closed"):
            by = User.objects.get(username="command-line")
            clinic = Clinic.add(by, accepting_new_patients=state == "open")
        told = "open" if clinic.accepting_new_patients else "closed"
        decided_by = "staff" if clinic.version else "the settings"
        self.stdout.write(f"{told} (decided by {decided_by})")
        if not publishing.agree():
            raise CommandError("Visitors still see what was published before.")
