"""The form in which staff tell what visitors read."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from .hours import check_exceptions, tidy_hours
from .models import DAYS, Clinic, in_words, name_of, visible


def tidy_phone(text):
    """Return a US number as 503-376-9094; the model refuses what is left otherwise."""
    digits = re.sub(r"[\s().+-]", "", text).removeprefix("1")
    return re.sub(r"\A(\d{3})(\d{3})(\d{4})\Z", r"\1-\2-\3", digits) if digits else ""


TIDY = {
    **dict.fromkeys(DAYS, tidy_hours),
    "phone": tidy_phone,
    "fax": tidy_phone,
    "state": str.upper,
    "zip_code": lambda text: re.sub(r"\A(\d{5})\W?(\d{4})\Z", r"\1-\2", text),
}


BY_APPOINTMENT = "by_appointment_only"
BOTH = (
    "The days below have hours, too. Untick this, or empty them; or save again, and "
    "visitors read both."
)


class DayForm(forms.Form):
    """A day, or several in a row, on which the hours differ."""

    first = forms.DateField(
        label="First day", required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(
        label="Last day, if there are more",
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )
    hours = forms.CharField(
        label="Hours (empty: closed)", required=False, max_length=100
    )
    what_for = forms.CharField(label="What for", required=False, max_length=60)


DayFormSet = forms.formset_factory(DayForm, extra=3, max_num=60)


class ClinicForm(forms.ModelForm):
    """A form that was opened on one version and is saved on top of the newest."""

    opened = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        widgets = {"message": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.newest = Clinic.newest()
        if self.is_bound:
            self.days = DayFormSet(self.data, prefix="exceptions")
        else:
            self.show_exceptions()

    def clean(self):
        """Take what others have saved since, and ask only where both changed a field.

        The form that is then shown again is as if opened on the newest version, so
        that saving it once more means it.
        """
        super().clean()
        opened = self.cleaned_data.get("opened")
        before = Clinic.objects.filter(version=opened).first()
        before = (Clinic() if opened == 0 else before) or None
        self.tidy()
        self.clean_exceptions(before or self.newest)
        for name in self.newest.facts.keys() & {*self.fields, "exceptions"}:
            old, now = fact(before, name), fact(self.newest, name)
            typed = self.cleaned_data.get(name)
            if typed == old and name not in self.errors:
                self.cleaned_data[name] = getattr(self.newest, name)
                if name == "exceptions":
                    self.show_exceptions()
                else:
                    self.show(name, now)
            elif now not in (old, typed):
                self.ask(name, opened)
        self.ask_if_both(before or self.newest)
        self.show("opened", self.newest.version)

    def ask_if_both(self, before):
        """Ask once, as one of the two is often what was left of before."""
        told = {name: self.cleaned_data.get(name) for name in (BY_APPOINTMENT, *DAYS)}
        is_new = any(told[name] != getattr(before, name) for name in told)
        if is_new and told.pop(BY_APPOINTMENT) and any(told.values()):
            self.asks_if_both = "both" not in self.data
            if self.asks_if_both:
                self.add_error(BY_APPOINTMENT, BOTH)

    def tidy(self):
        texts = [it for it in self.cleaned_data.items() if isinstance(it[1], str)]
        for name, text in texts:
            try:
                self.cleaned_data[name] = TIDY.get(name, str)(visible(text))
            except ValidationError as error:
                self.add_error(name, error)

    def clean_exceptions(self, before):
        if self.days.is_valid():
            saved = [(row["first"], row["last"]) for row in before.exceptions]
            rows = [
                [visible(it) for it in row]
                for form in self.days
                if (row := [form.cleaned_data.get(name) for name in form.fields])
            ]
            settled, errors = check_exceptions(
                [(*row, (str(row[0]), str(row[1] or row[0])) in saved) for row in rows],
                timezone.localdate(),
            )
            for number, field, words in errors:
                self.days[number].add_error(field, words)
            if not errors:
                self.cleaned_data["exceptions"] = settled
                return
        self.add_error(None, "Nothing was saved: look at the days that differ.")

    def ask(self, name, opened):
        since = Clinic.objects.filter(version__gt=opened or 0)
        now = getattr(self.newest, name)
        changed = since.filter(**{name: now}).last() or self.newest
        asked = (
            f"{name_of(changed.saved_by)} has meanwhile changed this to "
            f"{in_words(now)}. Save again to put yours in its place."
        )
        if name in self.fields:
            self.add_error(name, asked)
        else:
            self.add_error(None, f"Days that differ: {asked}")

    def show(self, name, value):
        self.fields[name].bound_data = lambda data, initial: value

    def show_exceptions(self):
        initial = [
            row | {"last": row["last"] if row["last"] != row["first"] else ""}
            for row in fact(self.newest, "exceptions")
        ]
        self.days = DayFormSet(prefix="exceptions", initial=initial)


def fact(clinic, name):
    """Return a fact as the form has it: without the days that are over."""
    value = getattr(clinic, name, None)
    if name == "exceptions" and value:
        return [row for row in value if row["last"] >= str(timezone.localdate())]
    return value
