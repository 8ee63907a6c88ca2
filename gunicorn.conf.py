"""How gunicorn serves the site; `gunicorn clinic_site.wsgi` reads this by itself."""

import os
import runpy
import time

# Read here as well, so that a bad value ends the start with its one line; and not
# imported, so that workers of a reload read theirs anew.
settings = runpy.run_path("clinic_site/settings.py")
manifest = settings["STATIC_ROOT"] / "staticfiles.json"
if not settings["DEBUG"] and not manifest.exists():
    raise SystemExit("Static files are missing: run `python manage.py collectstatic`.")

bind = f"{settings['HOST']}:{settings['PORT']}"
workers = settings["WEB_CONCURRENCY"]
threads = 4  # so gunicorn takes its gthread worker
if os.access("/dev/shm", os.W_OK):
    worker_tmp_dir = "/dev/shm"  # else a slow disk could pass for a worker that hangs
accesslog = "-"  # nothing of the visitor, not even the query
access_log_format = "%(m)s %(U)s %(s)s %(M)d ms"
control_socket_disable = True  # it would write into the home folder
limit_request_line = 2048
limit_request_fields = 60
limit_request_field_size = 4096
forwarder_headers = ""  # a SCRIPT_NAME from outside would stand in remembered pages
os.environ["TZ"] = settings["TIME_ZONE"]  # one clock in the log: the clinic's
time.tzset()
