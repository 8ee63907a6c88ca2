"""The shipped nginx.conf for tests: real, with a certificate that only they trust."""

import getpass
import re
import signal
import ssl
import subprocess
from itertools import cycle

from tests import ROOT
from tests.backends import Process, free_port
from tests.server import Server, Site

NAME = "clinic.example.org"
SMALL_BEHIND_A_CDN = {
    "worker_processes auto": "worker_processes 1",
    "worker_connections 8000": "worker_connections 100",
    "# set_real_ip_from 192.0.2.0/24": "set_real_ip_from 127.0.0.0/8",
    "# real_ip_header": "real_ip_header",
}
KINDS = "client_body", "proxy", "fastcgi", "uwsgi", "scgi"


class Host(Site):
    """A gunicorn as it runs behind nginx, asked as nginx asks it."""

    headers = {"Host": NAME, "X_Forwarded_Proto": "https", "Origin": f"https://{NAME}"}

    def __init__(self, data_dir, **variables):
        super().__init__(data_dir, ALLOWED_HOSTS=NAME, HTTPS="true", **variables)


class Nginx(Server, Process):
    """The shipped nginx in front of gunicorns; use it in a `with` statement."""

    name, origin = NAME, f"https://{NAME}"
    headers = {"Origin": origin}
    ends_by = signal.SIGQUIT  # once it has answered whoever asks

    def __init__(self, folder, program, sites, root=ROOT, changes=()):
        self.folder = folder
        self.log = folder / "started.log"
        self.command = [program, "-c", folder / "nginx.conf"]
        self.command += ["-e", folder / "error.log", "-g", "daemon off;"]
        self.port, self.plain_port = free_port(), free_port()
        folder.mkdir(parents=True)
        self.make_certificate()
        # Each connection is another visitor's, of an address to be known in a log.
        self.visitors = cycle(f"127.0.1.{n}" for n in range(1, 255))
        (folder / "nginx.conf").write_text(self.adapted(sites, root, changes))

    def make_certificate(self):
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        command += f" -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
        command += " -addext keyUsage=critical,digitalSignature,keyCertSign"
        command += " -keyout privkey.pem -out fullchain.pem"
        quiet = {"cwd": self.folder, "stderr": subprocess.DEVNULL}
        subprocess.check_call(command.split(), **quiet)
        self.tls = ssl.create_default_context(cafile=self.folder / "fullchain.pem")

    def adapted(self, sites, root, changes):
        """Return the shipped file with other places, as an owner would adapt it."""
        conf = (ROOT / "deploy/nginx.conf").read_text()
        gunicorn = "server 127.0.0.1:8000"
        each = iter(sites * conf.count(gunicorn))
        conf = re.sub(gunicorn, lambda _: f"server 127.0.0.1:{next(each).port}", conf)
        conf = re.sub(r".*listen \[::\].*\n", "", conf)  # not every machine has IPv6
        places = {
            "user www-data;": f"user {getpass.getuser()};",
            "/run/nginx.pid": f"{self.folder}/pid",
            "/var/log/nginx/": f"{self.folder}/",
            "/var/lib/nginx/clinic": f"{self.folder}/cache",
            f"/etc/letsencrypt/live/{NAME}/": f"{self.folder}/",
            "/srv/clinic/": f"{root}/",
            "listen 80 ": f"listen 127.0.0.1:{self.plain_port} ",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            # Debian's nginx keeps these where only root may write.
            "http {": "http {\n"
            + "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in KINDS),
        }
        for shipped, here in (places | dict(changes)).items():
            assert shipped in conf, shipped
            conf = conf.replace(shipped, here)
        return conf

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
        for shipped, here in (("\\\n", ""), ("$$", "$"), ("::127.0.0.1:", ports)):
            assert shipped in command
            command = command.replace(shipped, here)
        subprocess.run(["sh", "-c", command], check=True)
