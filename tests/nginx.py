"""The shipped nginx.conf for tests: real, with a certificate that only they trust."""

import re
import signal
import ssl
import subprocess
from itertools import cycle

from tests import ROOT
from tests.backends import Process, free_port, program
from tests.server import Server, Site, adapted

NAME = "clinic.example.org"
CERTIFICATE = f"""openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes
-days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}
-addext keyUsage=critical,digitalSignature,keyCertSign
-keyout privkey.pem -out fullchain.pem"""
# Debian's nginx keeps these where only root may write.
TEMPORARY = "client_body", "proxy", "fastcgi", "uwsgi", "scgi"
GUNICORN = "server 127.0.0.1:8000"


class Host(Site):
    """A gunicorn as it runs behind nginx, asked as nginx asks it."""

    headers = {"Host": NAME, "X_Forwarded_Proto": "https", "Origin": f"https://{NAME}"}

    def __init__(self, data_dir, **variables):
        super().__init__(data_dir, ALLOWED_HOSTS=NAME, HTTPS="true", **variables)


class Nginx(Server, Process):
    name, origin = NAME, f"https://{NAME}"
    headers = {"Origin": origin}
    ends_by = signal.SIGQUIT  # once it has answered whoever asks

    def __init__(self, folder, sites, root=ROOT):
        self.folder = folder
        self.log = folder / "started.log"
        self.command = [program("nginx"), "-c", folder / "nginx.conf"]
        self.command += ["-e", folder / "error.log", "-g", "daemon off;"]
        self.port, self.plain_port = free_port(), free_port()
        # Each connection is another visitor's, of an address to be known in a log.
        self.visitors = cycle(f"127.0.1.{n}" for n in range(1, 255))
        conf = (ROOT / "deploy/nginx.conf").read_text()
        for site in sites * conf.count(GUNICORN):
            conf = conf.replace(GUNICORN, f"server {site.name}", 1)
        kept = [f"{name}_temp_path {folder}/{name};" for name in TEMPORARY]
        places = {
            "listen [::]": "# listen [::]",  # not every machine has IPv6
            "user www-data;": "user root;",  # nobody else, when it is started as such
            "/run/nginx.pid": f"{folder}/pid",
            "/var/log/nginx/": f"{folder}/",
            "/var/lib/nginx/clinic": f"{folder}/cache",
            f"/etc/letsencrypt/live/{NAME}/": f"{folder}/",
            "/srv/clinic/": f"{root}/",
            "listen 80 ": f"listen 127.0.0.1:{self.plain_port} ",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "http {": "\n".join(["http {", *kept]),
            # As behind a CDN, which says who asks.
            "# set_real_ip_from 192.0.2.0/24": "set_real_ip_from 127.0.0.0/8",
            "# real_ip_header": "real_ip_header",
        }
        folder.mkdir(parents=True)
        (folder / "nginx.conf").write_text(adapted(conf, places))
        openssl = {"cwd": folder, "stderr": subprocess.DEVNULL}
        subprocess.check_call(CERTIFICATE.split(), **openssl)
        self.tls = ssl.create_default_context(cafile=folder / "fullchain.pem")

    @property
    def logs(self):
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def dial(self, timeout=10, source=None, port=None):
        return super().dial(timeout, source or next(self.visitors), port)

    def secured(self, connection):
        if connection.getpeername()[1] == self.plain_port:
            return connection
        return self.tls.wrap_socket(connection, server_hostname=NAME)

    def make_copies(self):
        """Do what the unit does, on other ports."""
        unit = (ROOT / "deploy/clinic-copies.service").read_text()
        command = re.search(r"ExecStart=/bin/sh -c '(.+?)'\n", unit, re.DOTALL)[1]
        ports = f"localhost:80:127.0.0.1:{self.plain_port}"
        ports += f" --connect-to {NAME}:443:127.0.0.1:{self.port}"
        places = {"\\\n": "", "$$": "$", "::127.0.0.1:": ports}
        subprocess.run(["sh", "-c", adapted(command, places)], check=True)
