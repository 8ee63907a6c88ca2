from django.core.management.base import BaseCommand

from pages import backups


class Command(BaseCommand):
    help = "Copy the database into the backups folder, check the copy, keep the last."

    def add_arguments(self, parser):
        parser.add_argument("--keep", type=int, default=30, help="30 unless told")

    def handle(self, keep, **options):
        backups.refuse_on_postgresql(
            "pg_dump", "--format=custom", f"--file={backups.FOLDER}.dump"
        )
        self.stdout.write(str(backups.back_up()))
        for path in sorted(backups.FOLDER.glob("clinic-*.sqlite3"))[:-keep]:
            path.unlink()
