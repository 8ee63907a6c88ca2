"""Run the tests with the data in PostgreSQL: `make test-postgresql`."""

import os
import subprocess
import sys

from tests.backends import Postgres

if __name__ == "__main__":
    postgres = Postgres()
    try:
        command = [sys.executable, "-m", "pytest"]
        # Without Django's, or pytest-django would read settings before tests/__init__.
        bare = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
        environ = bare | {"TEST_DATABASE_URL": postgres.url}
        sys.exit(subprocess.run([*command, *sys.argv[1:]], env=environ).returncode)
    finally:
        postgres.stop()
