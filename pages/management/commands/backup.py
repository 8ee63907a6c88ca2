import sqlite3
from contextlib import closing

from django import db
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Command(BaseCommand):
    help = "Copy the SQLite database into DATA_DIR/backups, check it, keep the last."

    def add_arguments(self, parser):
        parser.add_argument("--keep", type=int, default=30, help="default: 30")

    def handle(self, *, keep, **options):
        if keep < 1:
            raise CommandError("Keep at least 1.")
        if db.connection.vendor != "sqlite":
            raise CommandError("The data is in PostgreSQL: docs/deploy.md, Backups.")
        folder = settings.DATA_DIR / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / "clinic.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            db.connection.cursor().execute("SELECT 1 FROM pages_clinic")  # it is there
            with closing(sqlite3.connect(part)) as copy:
                db.connection.connection.backup(copy)  # under SQLite's locks; synced
                if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise sqlite3.DatabaseError("the database is damaged")
        except (db.Error, sqlite3.Error) as error:
            part.unlink()
            raise CommandError(f"No backup was made: {error}.") from None
        copied_at = f"{timezone.now():%Y%m%d-%H%M%S-%f}"
        self.stdout.write(str(part.replace(folder / f"clinic-{copied_at}.sqlite3")))
        for old in sorted(folder.glob("clinic-*.sqlite3"))[:-keep]:
            old.unlink()
