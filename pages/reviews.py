"""Words that a reviewer signed for, and whether a page still has them."""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from html import unescape

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from . import publishing
from .forms import Text
from .models import Review

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


def states():
    """Return each medical page with its title, the digest of its words, its review."""
    newest = Review.newest()
    return [(page, MEDICAL[page], digest(page), newest.get(page)) for page in MEDICAL]


def changes(before, now):
    """Yield the words in turn: are they the same, before, now."""
    old, new = (re.findall(r"\S+\s?", text) for text in (before, now))
    matcher = SequenceMatcher(None, before.split(), now.split(), autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        yield what == "equal", "".join(old[i:j]), "".join(new[k:m])


class SignOff(forms.ModelForm):
    digest = forms.ChoiceField(choices=lambda: [(digest(it), it) for it in MEDICAL])
    digest.error_messages["invalid_choice"] = "The words have changed. Read them again."


class KeptAdmin(admin.ModelAdmin):
    """Of rows that nobody changes or deletes, not even an owner."""

    formfield_overrides = {
        models.CharField: {"form_class": Text},
        models.TextField: {"form_class": Text},
        models.URLField: {"form_class": Text},
        # Or Django compares the switch with a hidden copy from the first HTML.
        models.BooleanField: {"show_hidden_initial": False},
    }

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission


class ReviewAdmin(KeptAdmin):
    """All reviews ever made, and a page to sign for the words of another."""

    form = SignOff
    add_form_template = "admin/pages/review/sign.html"
    list_display = ["day", "page", "reviewer", "credentials", "account"]
    readonly_fields = ["day", "page", "account", "words"]

    def add_view(self, request, form_url="", extra_context=None):
        page = request.GET.get("page")
        if page not in MEDICAL:
            return redirect("admin:index")  # which links them all
        last, now = Review.newest().get(page), words(page)
        context = {"title": MEDICAL[page], "page": page, "digest": digest(page)}
        context |= {"last": last, "changes": changes(last.words if last else now, now)}
        return super().add_view(request, form_url, context)

    def save_model(self, request, obj, form, change):
        obj.page = dict(form.fields["digest"].choices)[obj.digest]
        obj.words, obj.account = words(obj.page), request.user
        super().save_model(request, obj, form, change)
        transaction.on_commit(publishing.publish, robust=True)  # as in Clinic.add
