"""Every fact stands on its page, with its figure and reservation, in plain words."""

import re

import pytest

LIMITS = "It is not a cure and can have side effects"
CLAIM = f"{LIMITS} … has not approved ketamine infusions for mood disorders"
# Of each page, with “…” for what stands between, the figure or the word that must not
# change, and around it, where the fact is a claim, the words that attribute it.
FACTS = {
    "home": f"""{CLAIM} … mood disorders, such as depression, or long-term pain … 40
        minutes to several hours … An anesthesia provider monitors you continuously …
        Typically 6 infusions over 2 weeks … Boosters when symptoms return, once every
        several weeks … does not work for everyone""",
    "about_ketamine": f"""{CLAIM} … approved it as an anesthetic, the medical word for
        that, in 1970 … common in surgery since … past 20 years, other benefits have
        been reported … More and more often, ketamine is used off-label … for a variety
        of mood disorders and kinds of long-term pain … More use is not proof …
        Esketamine, a nasal spray, is a different medicine that the FDA has approved …
        at least 7% of adults have it … An estimated 10–30% of people who take
        antidepressants … do not get enough relief from them … called
        treatment-resistant depression … In some studies, infusions quickly eased
        depression in upwards of 70% … fell by at least half. That is not the same as
        being well … In other studies: about 5 of 10 … These figures are about
        depression, not pain … the effect may fade … Al-Harbi KS, Patient Prefer
        Adherence 2012;6:369-388 … Murrough JW et al., Biol Psychiatry 2013;74:250-256
        (70.8% after up to 6 … (7.1% of U.S. adults in 2017, more since) … N Engl J Med
        2023, doi 10.1056/NEJMoa2302399 (55.4%) … J Psychiatr Res 2022;151:693-709 (45%)
        … Short B et al., Lancet Psychiatry 2018;5:65-78 … (KETALAR, revised 2024) …
        Sanacora et al., JAMA Psychiatry 2017;74:399-405 … “Understanding Unapproved Use
        of Approved Drugs ‘Off Label’”""",
    "how_it_works": f"""{CLAIM} … is not fully understood; several ways at once are
        suspected … This page is about depression. For pain, ask your care team … Unlike
        traditional antidepressants, ketamine blocks … the N-methyl-D-aspartate (NMDA)
        receptor … A receptor is a spot on a cell … is thought to raise the amount of
        glutamate that moves around the brain … a key part in how information and
        emotions flow … In addition, research shows that the brain can re-wire … your
        brain as a network of trees … plentiful and whole to carry information, emotions
        and thoughts … only a picture … researchers think, branches have grown weak and
        brittle, so less gets through … is thought to strengthen branches that
        long-lasting stress and depression … may be why it can help some people whom
        those medicines have helped little … can take weeks before you notice any change
        … can work within hours for some people""",
    "how_its_given": f"""{CLAIM} … one or more long-term (chronic) mood disorders or
        pain syndromes … that typical medicines have not eased … may improve symptoms,
        or even relieve them … feeling detached from yourself or your surroundings
        (dissociation) … dizziness, headache or blurred vision, anxiety, a rise in blood
        pressure … nausea. Other side effects are possible … Harm to the bladder has
        been reported with frequent or long-term use … a controlled substance because it
        can be misused … does insurance pay … How do I get home … for 40 minutes to
        several hours … depends on the symptoms that are being treated … An anesthesia
        provider monitors you continuously … tailored to each patient … A typical course
        is 6 infusions, every other day, over 2 weeks … Ketamine is never a cure …
        booster infusions will be needed after the first series, when symptoms return …
        once every several weeks … Some people feel relief from their depression
        symptoms within hours … Others feel it after several infusions … A small group
        of people find that it does not work for them. In the studies that we list, all
        of people with depression, it was about 3 to 5 of every 10 … every health
        condition you have and every medicine you take … Do not stop or change a
        medicine without the person who prescribes it""",
    "contact": """5000 Meadows Rd, Suite 230 Lake Oswego, OR 97035 … 503-376-9094 Fax
        503-974-9819 … Please call us for our office hours""",
    "good_faith_estimate": """If you have no insurance, or do not use it, you have the
        right … in writing, what your care is expected to cost … related costs, such as
        tests, medicines and equipment … within 1 business day of scheduling, if your
        care is at least 3 business days … within 3 business days of scheduling, if your
        care is at least 10 business … within 3 business days of asking … you can ask us
        for one, and any other provider … $400 or more above your estimate, you can
        dispute it … keep a copy of your estimate, or a picture of it …
        cms.gov/nosurprises, or call 1-800-985-3059""",
    "about_this_site": """no cookies. They have no trackers and no scripts … general
        information""",
}
BLOCKS = ":is(h1, h2, h3, p, li, figcaption, dt, dd):not(:has(p, li))"


def words_of(element):
    return " ".join(element.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")


@pytest.mark.parametrize("page", FACTS)
def test_each_fact_stands_on_its_page_and_each_claim_with_its_limits(read, page):
    main = read(page).main
    facts, words = " ".join(FACTS[page].split()).split(" … "), words_of(main)

    assert [fact for fact in facts if fact not in words] == []
    if LIMITS in facts:
        assert LIMITS in words_of(main.select_one(".key-points"))
        assert main.select('a[href$="#side-effects"]')
        assert main.select('a[href$="#sources"]')


def test_highest_figure_never_stands_alone(read, page):
    blocks = read(page).main.select("section:not(.sources) :is(p, li, figcaption)")
    bold = [words for words in map(words_of, blocks) if "70%" in words]

    assert all("55.4%" in words and "45%" in words for words in bold)
    assert len(bold) == (3 if page == "about_ketamine" else 0)


def test_emergency_and_cost_estimate_are_on_every_page(read, page):
    links = {link["href"] for link in read(page).find_all("a")}

    assert links >= {"tel:988", "sms:988", "https://988lifeline.org/chat/", "tel:911"}
    assert "/good-faith-estimate/" in links


def syllables(word):
    """Count groups of vowels but a silent e: on our pages, as CMU's dictionary does."""
    heard = re.sub(r"(?<![aeiouyl])e$", "", word.lower())
    return len(re.findall(r"[aeiouy]+", heard)) or 1


def test_reads_at_grade_6_or_lower(read, page):
    """Flesch-Kincaid: Kincaid et al., Research Branch Report 8-75, 1975."""
    prose = read(page).main.select(f"{BLOCKS}:not(.sources *, .banner *)")
    text = "\n".join(map(words_of, prose))
    parts = re.split(r"(?<=[.!?:;])\s|\n", text)
    found = [re.findall(r"[A-Za-z’'-]+|\d+", part) for part in parts]
    sentences = [words for words in found if words]
    words = [word for sentence in sentences for word in sentence]
    per_word = sum(map(syllables, words)) / len(words)

    assert 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59 <= 6
    assert max(map(len, sentences)) <= 25
