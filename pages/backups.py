"""Copies of the SQLite database, taken and put back while the site runs."""

import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

FOLDER = settings.DATA_DIR / "backups"


def live():
    return Path(connection.settings_dict["NAME"])


def refuse_on_postgresql(program, *options):
    """Name the command to run there instead, whole but for the password."""
    if connection.vendor == "sqlite":
        return
    database = connection.settings_dict
    where = {"host": "HOST", "port": "PORT", "username": "USER", "dbname": "NAME"}
    where = [
        f"--{name}={database[key]}" for name, key in where.items() if database[key]
    ]
    raise CommandError(
        "The data is in PostgreSQL, whose own program does this; it asks for the "
        f"password:\n{shlex.join([program, *where, *options])}"
    )


def copy(source, target):
    """Copy a database under SQLite's own locks; it syncs what it has written."""
    with (
        # rw: a missing file is an error here, not an empty database.
        closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True)) as from_,
        closing(sqlite3.connect(target)) as to,
    ):
        from_.backup(to)


def check(path):
    """Return what was migrated in this database; CommandError unless it is sound."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            applied = set(database.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error as error:
        raise CommandError(f"{path} is not a database of this site: {error}") from None
    if not sound:
        raise CommandError(f"{path} is damaged.")
    if ("pages", "0001_initial") not in applied:
        raise CommandError(f"{path} is of another site.")
    return applied


def back_up():
    """Copy the database into the folder of backups, and return the path."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    part = FOLDER / "clinic.part"
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    copy(live(), part)
    check(part)
    path = FOLDER / f"clinic-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
    part.replace(path)
    descriptor = os.open(FOLDER, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return path


def set_aside():
    """Keep the database in the folder of backups, as it is if it is damaged."""
    try:
        return back_up()
    except (sqlite3.Error, CommandError):
        path = FOLDER / f"damaged-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
        for suffix in ("-journal", ""):  # or a new file would take the old journal in
            if (found := Path(f"{live()}{suffix}")).exists():
                found.replace(f"{path}{suffix}")
        return path if path.exists() else "nothing"
