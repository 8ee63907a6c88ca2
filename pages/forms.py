"""The form in which staff tell what visitors read."""

import re
from functools import partial
from itertools import pairwise
from operator import itemgetter

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from .hours import coming, row_in_words, tidy_hours
from .models import DAYS, Clinic, in_words, name_of

TELLS_OF_HOURS = r"(?i)noon|midnight|half|early|late|\d *([-–:]|[ap]\.?m)"
DAY = forms.DateInput({"type": "date"})


def number(pattern, example, text):
    """Return its parts with dashes between them, or refuse it."""
    if found := re.fullmatch(pattern, text, re.ASCII):
        return "-".join(filter(None, found.groups()))
    raise ValidationError(f"Enter all its digits, such as {example}.")


PHONE = r"\W*(?:1\W*)?([2-9]\d\d)\W*([2-9]\d\d)\W*(\d{4})\W*"
PHONE = partial(number, PHONE, "503-376-9094")
ZIP_CODE = partial(number, r"(\d{5})\W?(\d{4})?", "97035")
TIDY = dict.fromkeys(DAYS, tidy_hours) | {"phone": PHONE, "fax": PHONE}
TIDY |= {"state": str.upper, "zip_code": ZIP_CODE}


class Text(forms.CharField):
    """Tidies up, without what nobody can see; two spaces in a row would slow hours."""

    tidy = str

    def widget_attrs(self, widget):
        return {}  # no maxlength: browsers would cut what is pasted, and say nothing

    def to_python(self, value):
        words = " ".join(super().to_python(value).split())
        text = " ".join("".join(filter(str.isprintable, words)).split())
        return text and self.tidy(text)


class DayForm(forms.Form):
    """A day, or several in a row, on which the hours differ."""

    first = forms.DateField(widget=DAY)
    last = forms.DateField(widget=DAY, required=False)
    hours = Text(required=False, max_length=100)
    hours.tidy = tidy_hours
    what_for = Text(required=False, max_length=60)

    def clean(self):
        row = self.cleaned_data
        told = row.get("what_for", "")
        if row.get("hours") == "" and re.search(TELLS_OF_HOURS, told):
            self.add_error("hours", f"Enter here what “{told}” tells.")
        if "first" in row and "last" in row:
            row["last"] = row["last"] or row["first"]
            days = (row["last"] - row["first"]).days
            if days not in range(60) or row["last"] < timezone.localdate():
                told = "These days are over, in the wrong order, or 60 or more."
                self.add_error("last", told)
        return {name: str(value) for name, value in row.items()}


DayFormSet = forms.formset_factory(DayForm, extra=3, max_num=60)


class Days(forms.Widget):
    """Shows rows of days, as they are kept or as they were sent."""

    read_only = True  # where the admin shows a version

    def value_from_datadict(self, data, files, name):
        return DayFormSet(data, prefix=name, form_kwargs={"empty_permitted": True})

    def render(self, name, value, attrs=None, renderer=None):
        if not attrs:
            return in_words(value)
        if isinstance(value, list):
            rows = coming(value, timezone.localdate())
            rows = [it | {"last": it["last"].replace(it["first"], "")} for it in rows]
            value = DayFormSet(prefix=name, initial=rows)
        return render_to_string("admin/pages/clinic/days.html", {"days": value} | attrs)


class DaysField(forms.Field):
    widget = Days

    def to_python(self, days):
        """Refuse days told twice; leave the rows in order, as they are kept."""
        if not days.is_valid():
            raise ValidationError("Please look at the rows.")
        rows = sorted(filter(None, days.cleaned_data), key=itemgetter("first"))
        for before, row in pairwise(rows):
            if row["first"] <= before["last"]:
                raise ValidationError(f"This overlaps: {row_in_words(row)}.")
        return rows


class ClinicForm(forms.ModelForm):
    """A form that was opened on one version and is saved on top of the newest."""

    exceptions = DaysField(label="Days that differ", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.newest = Clinic.newest()
        self.opened = Clinic.newest(pk=self.data.get("opened", self.newest.pk))
        rows = coming(self.opened.exceptions, timezone.localdate())
        self.initial = self.opened.facts | {"exceptions": rows}
        for name in TIDY.keys() & self.fields.keys():
            self.fields[name].tidy = TIDY[name]

    def clean(self):
        """Take what others have saved since, and ask only where both changed a field.

        The form that is then shown again is as if opened on the newest version, so
        that saving it once more means it.
        """
        typed = self.cleaned_data
        for name, field in self.fields.items():
            then, now = getattr(self.opened, name), getattr(self.newest, name)
            if name not in self.changed_data:
                typed[name] = now
                field.bound_data = lambda *_, value=now: value
            elif now not in (then, typed.get(name)):
                since = Clinic.objects.filter(version__gt=self.opened.version)
                by = name_of(since.filter(**{name: now}).last().saved_by)
                told = f"{by} has meanwhile changed this to {in_words(now)}. "
                self.add_error(name, told + "Save again to put yours in its place.")
