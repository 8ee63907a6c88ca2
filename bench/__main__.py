"""`make bench`: how fast a page is, as ratios within one run of the real servers.

It measures with what comes from `apt install chromium wrk`.
"""

import re
import subprocess
import tempfile
from operator import truediv
from pathlib import Path
from statistics import median

from tests import chromium
from tests.server import Site

ROUNDS = 15
VISITS = 5
WRK = ["wrk", "-t1", "-c4", "-d1s", "-H", "Accept-Encoding:gzip"]
PAGE = "/how-it-works/"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def in_turn(times, measure, ways):
    """Return what was measured of each way, by its name; all of them in each round."""
    rounds = [[measure(way) for way in ways.values()] for _ in range(times)]
    return dict(zip(ways, zip(*rounds, strict=True), strict=True))


def load(url):
    """Return the requests a second."""
    printed = subprocess.check_output([*WRK, url], text=True)
    assert "Non-2xx" not in printed, f"{url} did not answer 200:\n{printed}"
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])


def compare(**ways):
    """Tell how many times as fast as each way a page is."""
    rates = in_turn(ROUNDS, load, ways)
    for name, measured in rates.items():
        ratio = median(map(truediv, rates["page"], measured))
        print(f"{name:16}{median(measured):7.0f} requests/s, a page {ratio:5.2f} times")


def compare_first_paints(browser, **ways):
    """Tell after how many ms a phone paints something: a first page, then a second."""

    def visit(start):
        with browser.new_context(viewport={"width": 360, "height": 740}) as context:
            tab = context.new_page()
            phone = context.new_cdp_session(tab)
            phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            phone.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
            for path in ("", "contact/"):
                tab.goto(start + path)
                yield tab.wait_for_function(FIRST_PAINT).json_value()

    paints = in_turn(VISITS, lambda start: [*visit(start)], ways)
    for name, measured in paints.items():
        one, two = map(median, zip(*measured, strict=True))
        print(f"First paint, {name:15}{one:6.0f}{two:6.0f} ms")


def main(folder):
    # Of two workers one may get all the connections that are kept alive.
    site = Site(folder / "data", app="bench.wsgi", WEB_CONCURRENCY="1").prepare()
    site.manage("collectstatic", "--noinput", "-v0")
    site.manage("intake", "closed")
    with site, chromium.running() as browser:
        other = f"{site.origin}/other"
        compare(
            page=site.origin + PAGE,
            constant_bytes=f"{other}/constant/",
            stock_view=f"{other}/stock/",  # with one query
        )
        status = Path(f"/proc/{site.workers[0]}/status").read_text()
        print(re.search(r"VmRSS:.+", status)[0], "in a worker")
        compare_first_paints(
            browser, inside=site.origin + "/", linked=other + "/linked/"
        )


with tempfile.TemporaryDirectory() as name:
    main(Path(name))
