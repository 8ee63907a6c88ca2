import argparse
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django import db
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.signing_in import forget_old_guesses


def at_least_one(text):
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("keep at least 1")
    return number


class Command(BaseCommand):
    help = "Copy the SQLite database into DATA_DIR/backups, check it, keep the last."

    def add_arguments(self, parser):
        parser.add_argument("--keep", type=at_least_one, default=30, help="default: 30")

    def handle(self, *, keep, **options):
        if db.connection.vendor != "sqlite":
            raise CommandError("The data is in PostgreSQL: docs/deploy.md, Backups.")
        folder = settings.DATA_DIR / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / "clinic.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        # rw: a missing file is an error here, not an empty database.
        source = f"{Path(db.connection.settings_dict['NAME']).as_uri()}?mode=rw"
        try:
            forget_old_guesses()  # nothing of strangers is kept for long
            with (
                closing(sqlite3.connect(source, uri=True)) as live,
                closing(sqlite3.connect(part)) as copy,
            ):
                live.backup(copy)  # under SQLite's own locks, and synced
                if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise CommandError("the database is damaged")
        except (db.Error, sqlite3.Error, CommandError) as error:
            part.unlink()
            raise CommandError(f"No backup was made: {error}.") from None
        path = folder / f"clinic-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
        part.replace(path)
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        self.stdout.write(str(path))
        for old in sorted(folder.glob("clinic-*.sqlite3"))[:-keep]:
            old.unlink()
