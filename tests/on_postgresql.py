"""Run what the database can change with it in PostgreSQL: `make test-postgresql`."""

import os
import subprocess
import sys

from tests.backends import Postgres

if __name__ == "__main__":
    with Postgres() as postgres:
        # Without Django's, or pytest-django would read settings before tests/__init__.
        bare = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
        environ = bare | {"TEST_DATABASE_URL": postgres.url}
        pytest = [sys.executable, "-m", "pytest", "-m", "django_db", *sys.argv[1:]]
        sys.exit(subprocess.run(pytest, env=environ).returncode)
