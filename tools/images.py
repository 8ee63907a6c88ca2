"""`make images`: draw the pictures that cannot be SVG from those that are."""

import struct
from pathlib import Path

from tests import ROOT
from tests.chromium import running

STATIC = ROOT / "static"
MARK = STATIC / "favicon.svg"
PAGE = """<style>
body {{ margin: 0; background: {} }}
svg {{ box-sizing: border-box; width: 100vw; height: 100vh; padding: {}px }}
</style>{}"""


def draw(svg, width, height, background="transparent", padding=0):
    """Return the drawing as the bytes of a PNG, `width` by `height` pixels."""
    with running() as browser:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(PAGE.format(background, padding, svg.read_text()))
        return page.screenshot(omit_background=True)


share = draw(Path(__file__).with_name("share.svg"), 1200, 630)
(STATIC / "share.png").write_bytes(share)
touch = draw(MARK, 180, 180, background="#eaf1f0", padding=18)
(STATIC / "root/apple-touch-icon.png").write_bytes(touch)
icon = draw(MARK, 32, 32)
# A PNG becomes an ICO file of one image by what stands before it.
ico = struct.pack("<HHHBBBBHHII", 0, 1, 1, 32, 32, 0, 0, 1, 32, len(icon), 22)
(STATIC / "root/favicon.ico").write_bytes(ico + icon)
