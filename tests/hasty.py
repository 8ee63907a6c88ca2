"""The site in a hurry: what it does each half minute, it does each second."""

import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 1))

from clinic_site.wsgi import application  # noqa: E402, F401 (gunicorn serves it)
