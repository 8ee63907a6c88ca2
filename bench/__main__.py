"""`make bench`: how fast a page is, as ratios within one run of the real servers."""

import gzip
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import chromium
from tests.nginx import NAME, Nginx
from tests.server import Site

ROUNDS = 15
VISITS = 5
SECONDS = 1
# Of two workers one may get all the connections that are kept alive.
WORKERS, CONNECTIONS = "1", 4
PAGE = "/how-it-works/"
ROWS = {
    "a page of this site": PAGE,
    "constant bytes, Django's middleware": "/constant/",
    "a stock TemplateView, one query": "/stock/",
}
FIRST_PAINT = """new Promise(done => new PerformanceObserver(list =>
    list.getEntriesByName("first-contentful-paint").forEach(it => done(it.startTime))
).observe({type: "paint", buffered: true}))"""
NETWORKS = (400, 400), (150, 1600), (60, 9000)  # latency in ms, and kbit/s


def load(url):
    """Return the requests a second."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
    command += ["-H", "Accept-Encoding: gzip", "-H", f"Host: {NAME}"]
    printed = subprocess.check_output(command, text=True)
    assert "Non-2xx" not in printed, f"{url} did not answer 200:\n{printed}"
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])


def in_turn(origin, paths):
    """Return the requests a second of each path, all in each round."""
    rounds = [[load(origin + path) for path in paths] for _ in range(ROUNDS)]
    return list(zip(*rounds, strict=True))


def ratio(some, others):
    return statistics.median(a / b for a, b in zip(some, others, strict=True))


def measure(site):
    rates = in_turn(site.origin, ROWS.values())
    page, constant, stock = rates
    for name, measured in zip(ROWS, rates, strict=True):
        print(f"{name:36}{statistics.median(measured):7.0f} requests/s")
    print(f"A page is {ratio(page, constant):.2f} times as fast as constant bytes")
    print(f"and {ratio(page, stock):.1f} times as fast as the stock TemplateView.")
    status = Path(f"/proc/{site.workers[0]}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    print(f"Memory of a worker: {memory:.0f} MB.")


def measure_nginx(site, folder):
    """Compare a page with what no site can beat: nginx sends it as a file."""
    page = site.get(PAGE).body
    (folder / "staticfiles").mkdir()
    (folder / "staticfiles/page.html").write_bytes(page)
    (folder / "staticfiles/page.html.gz").write_bytes(gzip.compress(page))
    with Nginx(folder / "nginx", [site], folder) as server:
        origin = f"https://127.0.0.1:{server.port}"
        page, file = in_turn(origin, [PAGE, "/static/page.html"])
    print(f"Through the shipped nginx.conf: {ratio(page, file):.2f} of a file.")


def first_paints(browser, start, latency, speed):
    """Return ms until something is painted: on a first page, then on a second."""
    throughput = speed * 1000 / 8
    limits = {"downloadThroughput": throughput, "uploadThroughput": throughput}
    limits |= {"offline": False, "latency": latency}
    painted = []
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        tab = context.new_page()
        phone = context.new_cdp_session(tab)
        phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        phone.send("Network.emulateNetworkConditions", limits)
        for path in ("", "contact/"):
            tab.goto(start + path)
            painted.append(tab.evaluate(FIRST_PAINT))
    return painted


def measure_first_paint(site):
    print("First paint on a phone, ms: first page, second page")
    starts = {"styles inside": f"{site.origin}/", "as a file": f"{site.origin}/linked/"}
    with chromium.running() as browser:
        for latency, speed in NETWORKS:
            visits = [
                [first_paints(browser, it, latency, speed) for it in starts.values()]
                for _ in range(VISITS)
            ]
            for name, measured in zip(starts, zip(*visits, strict=True), strict=True):
                one, two = (statistics.median(it) for it in zip(*measured, strict=True))
                told = f"{latency} ms, {speed} kbit/s, {name}:"
                print(f"{told:40}{one:6.0f}{two:6.0f}")


def main():
    if not shutil.which("wrk"):
        sys.exit("make bench measures with wrk: apt install wrk nginx-light")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = {"WEB_CONCURRENCY": WORKERS, "ALLOWED_HOSTS": f"127.0.0.1,{NAME}"}
        site = Site(folder / "data", app="bench.wsgi", **variables).prepare()
        site.manage("collectstatic", "--noinput", "-v0")
        site.manage("intake", "closed")
        with site:
            measure(site)
            measure_nginx(site, folder)
            measure_first_paint(site)


main()
