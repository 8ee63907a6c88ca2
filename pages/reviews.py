"""Words that a reviewer signed for, and whether a page still has them."""

import re
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from html import unescape

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags

from . import publishing
from .models import Clinic, Review

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
    facts = Clinic().facts.items()
    blank = {name: "…" for name, fact in facts if fact and isinstance(fact, str)}
    clinic = Clinic(**blank | {"accepting_new_patients": True})
    html = render_to_string(f"pages/{page}.html", {"page": page, "clinic": clinic})
    main = re.search("<main.*</main>", " ".join(html.split()))[0]
    # What figures tell only those who do not see them counts as well: out of its tag.
    main = SPOKEN.sub(r"> \1 <b ", main)
    lines = unescape(strip_tags(BLOCK.sub("\n<", main))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def digest(page):
    return sha256(" ".join(words(page).split()).encode()).hexdigest()


def standing(page, clinic):
    """Return the review that the page may claim: one of the words it has."""
    review = clinic.reviews.get(page)
    return review if review and review.digest == digest(page) else None


def state(page, review, today):
    if not review:
        return "never reviewed"
    if review.digest != digest(page):
        return "its words have changed since"
    if review.due < today:
        return "overdue"
    return "due soon" if review.due <= today + timedelta(days=30) else "reviewed"


def states():
    """Return each medical page with its title, newest review and state."""
    newest, today = Review.newest(), timezone.localdate()
    return [
        (page, title, newest.get(page), state(page, newest.get(page), today))
        for page, title in MEDICAL.items()
    ]


def changes(before, now):
    """Yield the words in turn: are they the same, before, now."""
    old, new = (re.findall(r"\S+\s?", text) for text in (before, now))
    matcher = SequenceMatcher(None, before.split(), now.split(), autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        yield what == "equal", "".join(old[i:j]), "".join(new[k:m])


class SignOff(forms.ModelForm):
    def clean_digest(self):
        """Nobody signs for words that came after those they were shown."""
        signed = self.cleaned_data["digest"]
        page = next((page for page in MEDICAL if digest(page) == signed), None)
        if not page:
            raise ValidationError("The words have changed since. Read them again.")
        self.instance.page, self.instance.words = page, words(page)
        return signed


class ReviewAdmin(admin.ModelAdmin):
    """All reviews ever made, and a page to sign for the words of another."""

    form = SignOff
    add_form_template = "admin/pages/review/sign.html"
    list_display = ["day", "page", "reviewer", "credentials", "account"]
    fields = [*list_display, "words", "digest"]
    readonly_fields = ["day", "page", "account", "words"]

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission

    def add_view(self, request, form_url="", extra_context=None):
        page = request.GET.get("page")
        if page not in MEDICAL:
            return redirect("admin:index")  # which links them all
        last, now = Review.newest().get(page), words(page)
        context = {"title": MEDICAL[page], "page": page, "digest": digest(page)}
        context |= {"last": last, "changes": changes(last.words if last else now, now)}
        return super().add_view(request, form_url, context)

    def save_model(self, request, obj, form, change):
        obj.account = request.user
        super().save_model(request, obj, form, change)
        # robust: what is signed stands even if it cannot be published yet.
        transaction.on_commit(publishing.publish, robust=True)
