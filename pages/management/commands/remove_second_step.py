from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from pages.management.commands.intake import system_user
from pages.second_step import remove


class Command(BaseCommand):
    help = "Let a user whose phone is lost sign in with the password alone."

    def add_arguments(self, parser):
        parser.add_argument("name", help="as this user signs in")

    def handle(self, *, name, **options):
        user = User.objects.filter(username=name).first()
        if not (user and remove(user, system_user())):
            raise CommandError(f"There is no “{name}” with a second step.")
