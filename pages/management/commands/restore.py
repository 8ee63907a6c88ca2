from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from pages import backups, facts
from pages.models import Clinic


class Command(BaseCommand):
    help = "Put a backup in the place of the database, while the site runs."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        backups.refuse_on_postgresql(
            *("pg_restore", "--clean", "--if-exists", "--no-owner"),
            *("--single-transaction", str(file)),
        )
        file, live = file.resolve(), backups.live()
        if not backups.check(file) <= MigrationLoader(None).disk_migrations.keys():
            raise CommandError(f"{file} is of a newer release.")

        # A backup of an older release is brought up to this one before it counts.
        part = live.with_suffix(".restoring")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        backups.copy(file, part)
        connection.settings_dict["NAME"] = part
        call_command("migrate", verbosity=0)
        connection.close()
        connection.settings_dict["NAME"] = live

        self.stdout.write(f"What was there is kept: {backups.set_aside()}")
        backups.copy(part, live)
        part.unlink()
        if Clinic.objects.exists():
            facts.publish()
            self.stdout.write("Restored and published.")
        else:
            cache.delete(facts.KEY)
            self.stdout.write("Restored. Nothing was saved yet: restart the site.")
