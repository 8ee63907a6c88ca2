from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from pages.second_step import remove

from .intake import system_user


class Command(BaseCommand):
    help = "Let a user whose phone is lost sign in with the password alone."

    def add_arguments(self, parser):
        parser.add_argument("name", help="as this user signs in")

    def handle(self, *, name, **options):
        user = User.objects.filter(username=name).first()
        if not user:
            raise CommandError(f"There is no user “{name}”.")
        if not remove(user, system_user()):
            raise CommandError(f"“{name}” has no second step.")
        self.stdout.write(f"“{name}” now signs in with the password alone.")
