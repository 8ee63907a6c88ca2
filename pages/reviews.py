"""Words that a reviewer signed for, and whether a page still has them."""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from html import unescape

from django.template.loader import render_to_string
from django.utils.html import strip_tags

MEDICAL = {  # pages that say what ketamine may do for people
    "home": "Home",
    "about_ketamine": "About Ketamine",
    "how_it_works": "How it Works",
    "how_its_given": "How it’s Given",
}
SPOKEN = re.compile(r'\b(?:alt|aria-label|title)="([^"]*)"')
BLOCK = re.compile(r"<(?!/?(a|abbr|b|em|i|span|strong|sub|sup|time)\b)")


@lru_cache
def words(page):
    """Return the words of the page's main part, a line for each block.

    Without the clinic's facts, and as while new patients are welcome: what the page
    says instead while they are not is the banner's word again.
    """
    clinic = defaultdict(lambda: "…", accepting_new_patients=True)
    html = render_to_string(f"pages/{page}.html", {"page": page, "clinic": clinic})
    main = re.search("<main.*</main>", " ".join(html.split()))[0]
    # What figures tell only those who do not see them counts as well: out of its tag.
    main = SPOKEN.sub(r"> \1 <b ", main)
    lines = unescape(strip_tags(BLOCK.sub("\n<", main))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def digest(page):
    return sha256(" ".join(words(page).split()).encode()).hexdigest()


def changes(before, now):
    """Yield the words in turn: are they the same, before, now."""
    old, new = (re.findall(r"\S+\s?", text) for text in (before, now))
    matcher = SequenceMatcher(None, before.split(), now.split(), autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        yield what == "equal", "".join(old[i:j]), "".join(new[k:m])
