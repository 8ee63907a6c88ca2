"""Office hours and exceptions: read as staff write them, kept as visitors read them.

The hours of one day are settled words such as “9 am to noon, 1 pm to 5 pm”, or none
where it is closed; a week is seven of them. Text that no form has seen is passed over.
"""

import re
from calendar import day_name
from contextlib import suppress
from datetime import date
from itertools import groupby, pairwise
from unicodedata import category

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list

DAYS = list(day_name)
NOON, MIDNIGHT = 12 * 60, 24 * 60
MOST_DAYS = 60
WORDS = re.compile("[apm]|[ap]m|noon|midnight|to|till?|until|thru|through|and")
TO = re.compile(r"\s*(?:['’]?till?|until|to|thru|through|[-‐-―−]+)\s*")
AND = re.compile(r"\s*(?:(?:and|[,;&+/])\s*)+")
TIME = re.compile(
    r"(0?\d|1\d|2[0-4])(?:[:.]?([0-5][05]))?\s*(?:([ap])\.?\s?(?:m\.?)?)?"
    r"|(?:12(?:[:.]?00)?\s*)?(noon|midnight)"
)
PART_OF_A_DAY = re.compile(
    r"\b(?:noon|midnight|half|early|late|\d+\s*[ap]\.?m)\b|\d\s*[-–:]\s*\d",
    re.IGNORECASE,
)


def fault(what):
    example = "Write only times, for example “9 am to noon, 1 pm to 5 pm”."
    return ValidationError(f"{what} {example}")


def visible(text):
    """Leave out what nobody sees, such as zero-width characters."""
    return " ".join("".join(c for c in text if category(c) != "Cf").split())


# The hours of one day


def time_from(text):
    """Return the minutes since midnight, and the clock they name: 12, 24 or none."""
    if not (found := TIME.fullmatch(text)):
        raise fault(f"“{text}” is not a time.")
    hour, minutes, half, word = found.groups()
    if word:
        return NOON * (word == "noon"), 12
    hour, minutes = int(hour), int(minutes or 0)
    # Many write 12 am for noon.
    if (half == "a" and hour == 12) or (hour in (0, 24) and minutes):
        raise fault(f"“{text}” is doubtful. Say noon, midnight, or a time with pm.")
    if half and not 1 <= hour <= 12:
        raise fault(f"“{text}” is not a time.")
    if half:
        return hour % 12 * 60 + minutes + NOON * (half == "p"), 12
    return hour % 24 * 60 + minutes, None if 1 <= hour <= 12 else 24


def span_from(text):
    """Return when it opens and closes. What is left out, the sense of offices says."""
    ends = TO.split(text)
    if len(ends) != 2 or not all(ends):
        raise fault(f"“{text}” does not say when you open and when you close.")
    (opens, opens_by), (closes, closes_by) = read = [time_from(end) for end in ends]
    if not opens_by and opens < 7 * 60:
        opens += NOON
    if closes_by:
        closes = closes or MIDNIGHT
    elif closes <= opens:
        closes += NOON
    doubtful = (
        opens >= closes
        or (closes >= MIDNIGHT and not closes_by)
        or (opens + NOON < closes and closes_by == 12)  # 8 to 11 pm
        # The clock of 24 hours says otherwise: 1 to 17:00, 09:00 to 05:00.
        or (opens != read[0][0] and (closes_by == 24 or ends[0][0] == "0"))
        or (closes % MIDNIGHT != read[1][0] and (opens_by == 24 or ends[1][0] == "0"))
    )
    bare = [end for end, (_, by) in zip(ends, read, strict=True) if not by]
    if doubtful and bare:
        raise fault(f"Add am or pm to {' and '.join(bare)}.")
    if ends[0][:2] == "24" or 0 < closes - opens < 30:  # such as 24-7, 12.25-12.30
        raise fault(f"“{text}” is doubtful.")
    if opens >= closes:
        raise fault(f"“{text}” does not end later on the same day.")
    return opens, closes, not opens_by


def spans_from(text):
    """Return pairs of minutes, none where it is closed, or raise ValidationError."""
    text = visible(text).lower().strip(" .,;")
    if text in ("", "closed"):
        return []
    for word in re.findall(r"[^\W\d_]+", text):
        if not WORDS.fullmatch(word):
            raise fault(f"“{word}” cannot stand here.")
    read = [span_from(part) for part in AND.split(text)]
    spans = sorted(span[:2] for span in read)
    for a, b in pairwise(spans):
        if b[0] < a[1]:
            raise fault(f"{hours_in_words([a])} and {hours_in_words([b])} overlap.")
    if spans != [span[:2] for span in read] and any(guessed for *_, guessed in read):
        raise fault("Put the times in their order, or add am or pm to each.")
    if len(spans) > 4:
        raise fault("Only four parts of a day can stand here.")
    return spans


def minutes_in_words(minutes):
    if minutes % NOON == 0:
        return "noon" if minutes == NOON else "midnight"
    hour, rest = divmod(minutes, 60)
    return f"{hour % 12 or 12}{f':{rest:02}' if rest else ''} {'ap'[hour > 11]}m"


def hours_in_words(spans):
    return ", ".join(" to ".join(map(minutes_in_words, span)) for span in spans)


def tidy_hours(text):
    return hours_in_words(spans_from(text))


# Exceptions


def dates_in_words(first, last):
    end = f"{last:%B} {last.day}, {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.day} to {last.day}, {last.year}"
    year = "" if first.year == last.year else f", {first.year}"
    return f"{first:%B} {first.day}{year} to {end}"


def exception_in_words(row):
    first, last = map(date.fromisoformat, (row["first"], row["last"]))
    what_for = row["what_for"] and f" ({row['what_for']})"
    return f"{dates_in_words(first, last)}: {row['hours'] or 'Closed'}{what_for}"


def check_exceptions(rows, today):
    """Return the settled exceptions, and errors as (number of the row, field, words).

    A row is (first, last, hours, what_for, saved before); an empty one is left out.
    """
    settled, errors = [], []
    for n, (first, last, hours, what_for, saved_before) in enumerate(rows):
        hours, what_for = visible(hours or ""), visible(what_for or "")
        if not first:
            if last or hours or what_for:
                errors.append((n, "first", "Enter the first day, or empty the row."))
            continue
        end = "last" if last else "first"
        last = last or first
        if last < first:
            errors.append((n, end, "The last day is before the first."))
        elif (last - first).days >= MOST_DAYS:
            errors.append((n, end, f"A row has at most {MOST_DAYS} days."))
        elif last < today and not saved_before:
            errors.append((n, end, f"{dates_in_words(first, last)} is over."))
        try:
            hours = tidy_hours(hours)
        except ValidationError as error:
            errors.append((n, "hours", error.message))
        else:
            if not hours and PART_OF_A_DAY.search(what_for):
                words = f"Enter here when you are open. “{what_for}” tells of hours."
                errors.append((n, "hours", words))
        settled.append((first, last, n, hours, what_for))
    settled.sort(key=lambda row: row[:3])
    for a, b in pairwise(settled):
        if b[0] <= a[1]:
            errors.append((b[2], "first", f"This overlaps {dates_in_words(*a[:2])}."))
    return [
        {"first": str(first), "last": str(last), "hours": hours, "what_for": what_for}
        for first, last, _, hours, what_for in settled
    ], errors


def read_exceptions(exceptions, today=date.min):
    """Yield (first, last, spans, what for) of those not yet over."""
    for row in exceptions if isinstance(exceptions, list) else ():
        with suppress(KeyError, TypeError, ValueError, ValidationError):
            first, last = map(date.fromisoformat, (row["first"], row["last"]))
            spans, what_for = spans_from(row["hours"]), visible(row["what_for"])
            if today <= last and first <= last:
                yield first, last, spans, what_for


def coming(exceptions, today):
    return [
        {
            "days": dates_in_words(first, last),
            "hours": hours_in_words(spans) or "Closed",
            "what_for": what_for,
            "first": first,
            "last": last,
        }
        for first, last, spans, what_for in read_exceptions(exceptions, today)
    ]


# The week


def days_in_words(days):
    """Name days as people do: three or more in a row by the first and the last."""
    names = []
    for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        run = [DAYS[day] for _, day in run]
        names += run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]
    return get_text_list(names, "and")


def days_by_spans(week):
    """Group the numbers of days, Monday being 0; none while no hours are known."""
    groups = {}
    for day, words in enumerate(week):
        with suppress(TypeError, ValidationError):
            groups.setdefault(tuple(spans_from(words)), []).append(day)
    return groups if any(groups) else {}


def week_in_words(week):
    """Return pairs: words for days, and a list of words for when it is open."""
    return [
        (days_in_words(days), [hours_in_words([span]) for span in spans] or ["Closed"])
        for spans, days in days_by_spans(week).items()
    ]


def hours_on(day, week, exceptions):
    """Return the words for one day, or none where no hours are known."""
    for first, last, spans, _ in read_exceptions(exceptions, day):
        if first <= day <= last:
            return hours_in_words(spans) or "Closed"
    for spans, days in days_by_spans(week).items():
        if day.weekday() in days:
            return hours_in_words(spans) or "Closed"
    return ""


def office_hours(clinic, day):
    """Return what templates/includes/office_hours.html shows on a day."""
    return {
        "today": day,
        "hours_today": hours_on(day, clinic.week, clinic.exceptions),
        "week": week_in_words(clinic.week),
        "exceptions": coming(clinic.exceptions, day),
    }


# For schema.org, where equal ends mean closed


def clock(span):
    ends = (0, MIDNIGHT - 1) if span == (0, MIDNIGHT) else span
    return [f"{end // 60 % 24:02}:{end % 60:02}" for end in ends]


def openings(week):
    """Return (names of days, opens, closes), times as HH:MM."""
    return [
        ([DAYS[day] for day in days], *clock(span))
        for spans, days in days_by_spans(week).items()
        for span in spans
    ]


def special_openings(exceptions, today):
    """Return (first day, last day, opens, closes)."""
    return [
        (first, last, *clock(span))
        for first, last, spans, _ in read_exceptions(exceptions, today)
        for span in spans or [(0, 0)]
    ]
