"""The environment of the tests, whatever the caller's environment and .env say."""

import os
import re
import secrets
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
_data_dir = tempfile.TemporaryDirectory(prefix="clinic-tests-")

# Empty counts as not set, and keeps .env out.
os.environ |= dict.fromkeys(VARIABLES, "") | {
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "DATA_DIR": _data_dir.name,
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "DJANGO_SETTINGS_MODULE": "clinic_site.settings",
    "HTTPS": "false",
    "SECRET_KEY": secrets.token_urlsafe(50),
    # Playwright keeps an event loop in this thread, which has no part in our queries.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
django.setup()
# With it, pytest's workers would read the settings before they have a folder each.
del os.environ["DJANGO_SETTINGS_MODULE"]
