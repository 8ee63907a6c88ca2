"""How gunicorn serves the site; `gunicorn clinic_site.wsgi` reads this by itself."""

import logging
import os
import re
import runpy
import socket
from pathlib import Path

import gunicorn.http.wsgi

gunicorn.http.wsgi.SERVER = "web"  # the Server header names no product


class Collected(list):
    sendall = list.append


class OneSend(gunicorn.http.wsgi.Response):
    """Sends the headers together with the body's first part, which is all of a page.

    A worker killed between the two leaves half an answer, which no proxy can mend.
    """

    def write(self, part):
        if self.headers_sent:
            return super().write(part)
        connection, self.sock = self.sock, Collected()
        try:
            super().write(part)
        finally:
            collected, self.sock = self.sock, connection
        connection.sendall(b"".join(collected))


# Read here as well, so that a bad value ends the start with its one line; and not
# imported, so that workers of a reload read theirs anew.
settings = runpy.run_path(str(Path(__file__).parent / "clinic_site" / "settings.py"))

if (
    not settings["DEBUG"]
    and not (settings["STATIC_ROOT"] / "staticfiles.json").exists()
):
    raise SystemExit("Static files are missing: run `python manage.py collectstatic`.")

host, port = settings["HOST"], settings["PORT"]
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
workers = settings["WEB_CONCURRENCY"]
worker_class = "gthread"
threads = 4
if os.access("/dev/shm", os.W_OK):
    worker_tmp_dir = "/dev/shm"  # else a slow disk could pass for a worker that hangs
control_socket_disable = True  # it would write into the home folder
limit_request_line = 2048
limit_request_fields = 60
limit_request_field_size = 4096
forwarder_headers = ""  # a SCRIPT_NAME from outside would stand in remembered pages


def leave_out_visitor(record):
    """Cut what gunicorn's own lines quote of a request: its address and its query."""
    if "request" in str(record.msg):
        record.msg = re.split(r" from ip=| %s", str(record.msg))[0]
        record.args = ()
    return True


def on_starting(server):
    """Say in one line that the port is taken; gunicorn would try for 5 seconds."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise SystemExit(
            f"Cannot listen on {bind}: {error.strerror}. Choose another port: PORT=8001"
        ) from None


def when_ready(server):
    origin = settings["PUBLIC_ORIGIN"]
    server.log.info("The site: %s/  The banner's switch: %s/admin/", origin, origin)


def post_worker_init(worker):
    # Here, as each reload runs this file again in the parent.
    gunicorn.http.wsgi.Response = OneSend
    logging.getLogger("gunicorn.error").addFilter(leave_out_visitor)
