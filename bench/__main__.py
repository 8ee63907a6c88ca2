"""`make bench`: how fast a page is, as ratios within one run of the real servers."""

import gzip
import http.client
import os
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.nginx import NAME, Nginx
from tests.server import Site

ROUNDS = 15
SECONDS = 1
CONNECTIONS = 8
WORKERS = 2
ROWS = {
    "a page of this site": "/how-it-works/",
    "the same, answered 304": "/how-it-works/",
    "the same, made for each request": "/rendered/",
    "a Django view of constant bytes": "/constant/",
    "a stock TemplateView, one query": "/stock/",
    "a bare WSGI function": "/bare/",
}


def load_with_wrk(origin, path, headers, connections):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency"]
    for header in headers.items():
        command += ["-H", ": ".join(header)]
    printed = subprocess.run(
        [*command, f"{origin}{path}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in printed and "If-None-Match" not in headers:
        sys.exit(f"{path} did not answer 200:\n{printed}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    percentiles = {
        name: float(number) * units[unit]
        for name, number, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", printed)
    }
    return rate, percentiles["50"], percentiles["99"]


def load_with_python(origin, path, headers, connections):
    times = []
    end = time.monotonic() + SECONDS
    scheme, where = urlsplit(origin)[:2]

    def ask():
        connection = (
            http.client.HTTPSConnection(where, context=ssl._create_unverified_context())
            if scheme == "https"
            else http.client.HTTPConnection(where)
        )
        while (start := time.monotonic()) < end:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            times.append((time.monotonic() - start) * 1000)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hundredths = statistics.quantiles(times, n=100)
    return len(times) / SECONDS, hundredths[49], hundredths[98]


def resident_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def main():
    load = load_with_wrk if shutil.which("wrk") else load_with_python
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hosts, workers = f"127.0.0.1,{NAME}", str(WORKERS)
        site = Site(
            folder / "data",
            app="bench.wsgi",
            ALLOWED_HOSTS=hosts,
            WEB_CONCURRENCY=workers,
        ).prepare()
        site.manage("collectstatic", "--noinput", "-v0")
        site.manage("intake", "closed")
        with site:
            measure(load, site)
            measure_nginx(load, site, folder)


def measure(load, site):
    etag = site.get("/how-it-works/", Accept_Encoding="gzip").headers["ETag"]
    plain = {"Accept-Encoding": "gzip"}
    known = {**plain, "If-None-Match": etag}
    rates = {name: [] for name in ROWS}
    for _ in range(ROUNDS):
        for name, path in ROWS.items():
            headers = known if "304" in name else plain
            rates[name].append(load(site.origin, path, headers, CONNECTIONS)[0])
    # Half of the workers busy: one connection keeps one of two at work.
    latencies = [
        load(site.origin, ROWS["a page of this site"], plain, WORKERS // 2)
        for _ in range(ROUNDS)
    ]

    limit = rates["a Django view of constant bytes"]
    print(f"{'':34}{'requests/s':>11}{'lowest–highest':>17}{'to constant bytes':>19}")
    for name, measured in rates.items():
        ratio = statistics.median(a / b for a, b in zip(measured, limit, strict=True))
        spread = f"{min(measured):.0f}–{max(measured):.0f}"
        print(f"{name:34}{statistics.median(measured):11.0f}{spread:>17}{ratio:19.2f}")
    stock = rates["a stock TemplateView, one query"]
    page = rates["a page of this site"]
    times = statistics.median(a / b for a, b in zip(page, stock, strict=True))
    p50, p99 = (statistics.median(row[i] for row in latencies) for i in (1, 2))
    memory = max(map(resident_megabytes, site.workers))
    client = (
        "wrk" if load is load_with_wrk else "a Python client, as wrk is not installed"
    )
    print(
        f"\nA page is {times:.1f} times as fast as the stock TemplateView.\n"
        f"At half load: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {p99 / p50:.1f} times.\n"
        f"Memory of a worker: {memory:.0f} MB.\n"
        f"{ROUNDS} rounds of {SECONDS} s each in turn, {CONNECTIONS} connections, "
        f"{WORKERS} workers, measured by {client}."
    )


def measure_nginx(load, site, folder):
    """Compare a page with what no site can beat: nginx sends it as a file."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        print(
            "\nThrough nginx: not measured, as it is missing (apt install nginx-light)."
        )
        return
    paths = {"a page through nginx": "/how-it-works/", "a file": "/static/page.html"}
    headers = {"Accept-Encoding": "gzip", "Host": NAME}
    page = site.get("/how-it-works/").body
    (folder / "staticfiles").mkdir()
    (folder / "staticfiles/page.html").write_bytes(page)
    (folder / "staticfiles/page.html.gz").write_bytes(gzip.compress(page))
    with Nginx(folder / "nginx", nginx, [site], folder) as server:
        origin = f"https://127.0.0.1:{server.port}"
        rates = [
            [load(origin, path, headers, CONNECTIONS)[0] for path in paths.values()]
            for _ in range(ROUNDS)
        ]

    print("\nOver TLS, through the shipped nginx.conf:")
    for name, measured in zip(paths, zip(*rates, strict=True), strict=True):
        print(f"{name:34}{statistics.median(measured):11.0f}")
    ratio = statistics.median(page / file for page, file in rates)
    print(f"A page is {ratio:.2f} times as fast as a file.")


main()
