"""A stranger can change the stylesheet: its names are used, and its text grows."""

import re

from tests import ROOT

CSS = (ROOT / "static/css/site.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)


def test_every_name_is_used_and_every_used_name_is_given():
    given = {*re.findall(r"(--[\w-]+):", RULES)}
    assert given == {*re.findall(r"var\((--[\w-]+)\)", RULES)}


def test_no_text_has_a_size_in_pixels_as_it_would_not_grow():
    assert not re.search(r"(--text-[\w-]+|font(-size)?):[^;]*px", RULES)
