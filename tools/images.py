"""`make images`: draw the pictures that cannot be SVG from those that are."""

import struct
from pathlib import Path

from tests import ROOT
from tests.chromium import running

STATIC = ROOT / "static"
PAGE = """<style>
body {{ margin: 0; background: {} }}
svg {{ box-sizing: border-box; width: 100vw; height: 100vh; padding: {}px }}
</style>{}"""


def draw(browser, svg, width, height, background="transparent", padding=0):
    """Return the drawing as the bytes of a PNG, `width` by `height` pixels."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(PAGE.format(background, padding, svg.read_text()))
    picture = page.screenshot(omit_background=True)
    page.close()
    return picture


def icon(png, size):
    """Wrap a PNG as an ICO file of one image."""
    header = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), 22)
    return header + entry + png


def main():
    mark = STATIC / "favicon.svg"
    with running() as browser:
        share = draw(browser, Path(__file__).with_name("share.svg"), 1200, 630)
        (STATIC / "share.png").write_bytes(share)
        touch = draw(browser, mark, 180, 180, background="#eaf1f0", padding=18)
        (STATIC / "root" / "apple-touch-icon.png").write_bytes(touch)
        (STATIC / "root" / "favicon.ico").write_bytes(
            icon(draw(browser, mark, 32, 32), 32)
        )


main()
