"""Words that a reviewer signed for, and whether a page still has them."""

import re
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from html import unescape

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.html import strip_tags

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
    # What figures tell only those who do not see them counts as well.
    main = re.sub(
        "<.*?>", lambda tag: " ".join([tag[0], *SPOKEN.findall(tag[0])]), main
    )
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
    read = forms.BooleanField()

    class Meta:
        model = Review
        fields = ["reviewer", "credentials"]


class ReviewAdmin(admin.ModelAdmin):
    """The medical pages, each with a form to sign for it, and all reviews ever made."""

    fields = ["day", "page", "reviewer", "credentials", "account", "words"]
    list_display = fields[:-1]

    def has_change_permission(self, request, obj=None):
        return False

    has_add_permission = has_delete_permission = has_change_permission

    def get_urls(self):
        sign = self.admin_site.admin_view(self.sign)
        sign = path("<slug:page>/sign/", sign, name="pages_review_sign")
        return [sign, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"states": states(), "title": "Reviews"}
        )

    def sign(self, request, page):
        if page not in MEDICAL or not request.user.has_perm("pages.add_review"):
            raise PermissionDenied
        title, last = MEDICAL[page], Review.newest().get(page)
        now = {"words": words(page), "digest": digest(page)}
        signed = Review(page=page, account=request.user, **now)
        form = SignOff(request.POST or None, instance=signed)
        # Nobody signs for words that came after those they were shown.
        if request.POST and request.POST.get("digest") != signed.digest:
            messages.warning(request, "The words have changed since. Read them again.")
            form = SignOff(initial={**request.POST.dict(), "read": False})
        elif form.is_valid():
            form.save()
            messages.success(request, f"Signed: {title}.")
            return redirect("admin:index")
        context = self.admin_site.each_context(request) | {
            "title": title,
            "form": form,
            "signed": signed,
            "last": last,
            "changes": changes(last.words if last else signed.words, signed.words),
        }
        return render(request, "admin/pages/review/sign.html", context)
