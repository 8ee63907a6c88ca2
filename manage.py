#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    if sys.argv[1:2] == ["runserver"] and not settings.DEBUG:
        sys.exit("runserver is for work on the site: set DEBUG=true, or use gunicorn.")
    execute_from_command_line(sys.argv)
