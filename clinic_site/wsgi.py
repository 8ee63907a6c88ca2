"""The site as it is served, by gunicorn and by runserver alike."""

import os
import re
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
# Staff are told of a PostgreSQL that does not answer within 3 seconds. Here, as
# `manage.py migrate` may take its time.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=2000 -c lock_timeout=2000")

django = get_wsgi_application()

from pages.publishing import keep_published  # noqa: E402 (Django is set up by now)


def application(environ, start_response):
    if kind := environ.get("CONTENT_TYPE"):  # one that is no charset would end in a 500
        environ["CONTENT_TYPE"] = re.sub("(?i);[^;]*charset[^;]*", "", kind)
    return django(environ, start_response)


threading.Thread(target=keep_published, name="keep_published", daemon=True).start()
