"""The site as it is served, by gunicorn and by runserver alike."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
# Staff are told of a PostgreSQL that does not answer within 3 seconds. Here, as
# `manage.py migrate` may take its time.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=2000 -c lock_timeout=2000")

django = get_wsgi_application()

from pages.publishing import keep_published  # noqa: E402 (Django is set up by now)


def application(environ, start_response):
    # No form here sends files, which need parameters; some charsets end in a bare 500.
    environ["CONTENT_TYPE"] = environ.get("CONTENT_TYPE", "").partition(";")[0]
    return django(environ, start_response)


threading.Thread(target=keep_published, name="keep_published", daemon=True).start()
