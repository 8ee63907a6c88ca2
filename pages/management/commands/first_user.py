import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the first staff user and print its password, unless there is an owner."

    def handle(self, **options):
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("owner", password=password)
        self.stdout.write(
            f"Sign in at {settings.PUBLIC_ORIGIN}/admin/ as: owner\n"
            f"Password, shown only this once: {password}\n"
            "Lost? .venv/bin/python manage.py changepassword owner"
        )
