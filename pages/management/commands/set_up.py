import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the tables up to date; make the first owner, if there is none."

    def handle(self, **options):
        call_command("migrate", verbosity=0)
        site = settings.PUBLIC_ORIGIN
        self.stdout.write(f"The site: {site}/  The banner's switch: {site}/admin/")
        if not User.objects.filter(is_superuser=True).exists():
            password = secrets.token_urlsafe(12)
            User.objects.create_superuser("owner", password=password)
            self.stdout.write("Sign in there as: owner")
            self.stdout.write(f"Password, shown only this once: {password}")
            self.stdout.write("Lost? .venv/bin/python manage.py changepassword owner")
