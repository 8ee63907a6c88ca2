"""Office hours and days that differ: read as staff write them, kept as visitors read.

The hours of one day are settled words such as “9 am to noon, 1 pm to 5 pm”, or none
where it is closed; a week is seven of them. What no form has seen is shown as it is.
"""

import re
from calendar import day_name
from contextlib import suppress
from datetime import date, time
from itertools import groupby, pairwise

from django.core.exceptions import ValidationError
from django.utils.dateformat import time_format
from django.utils.text import get_text_list

NOON, MIDNIGHT = 12 * 60, 24 * 60
TO = re.compile(r"\s*(?:['’]?till?|until|to|thru|through|[-‐-―−]+)\s*")
AND = re.compile(r"\s*(?:(?:and|[,;&+/])\s*)+")
TIME = re.compile(
    r"(\d\d?)(?:[:.]?([0-5][05]))?\s*(?:([ap])\.?\s?(?:m\.?)?)?"
    r"|(?:12\s*)?(noon|midnight)"
)


def fault(what):
    example = "Write only times, for example “9 am to noon, 1 pm to 5 pm”."
    return ValidationError(f"{what} {example}")


def times_from(text):
    """Return what a time can mean, in minutes: one, or am and pm where it is open."""
    if not (found := TIME.fullmatch(text)):
        raise fault(f"“{text}” is not a time.")
    hour, minutes, half, word = found.groups()
    if word:
        return [NOON * (word == "noon")]
    total = int(hour) * 60 + int(minutes or 0)
    if total > MIDNIGHT or (half and not 1 <= int(hour) <= 12):
        raise fault(f"“{text}” is not a time.")
    # Many write 12 am for noon, and so it would be read back.
    if 0 < total < 60 or (half == "a" and int(hour) == 12):
        raise fault(f"“{text}” is doubtful. Say noon or midnight.")
    if half:
        return [total % NOON + NOON * (half == "p")]
    if hour[0] == "0" or int(hour) > 12:  # of a clock of 24 hours
        return [total]
    return [total % NOON, total % NOON + NOON]


def span_from(text):
    """Return when it opens and closes. What is left open, the sense of offices says:

    it opens from 7 to 11 in the morning, else in the afternoon, and closes at the next
    such hour.
    """
    ends = TO.split(text)
    if len(ends) != 2 or not all(ends):
        raise fault(f"“{text}” does not say when you open and when you close.")
    opens, closes = map(times_from, ends)
    start = opens[0] if 7 * 60 <= opens[0] < NOON else opens[-1]
    later = sorted(end for time in closes if (end := time or MIDNIGHT) > start)
    bare = [end for end, may in zip(ends, (opens, closes), strict=True) if may[1:]]
    doubtful = (
        not later
        or later[0] > start + NOON  # 8:30 to 11 pm
        or (closes[1:] and later[0] == MIDNIGHT)  # 1 to 12
    )
    if bare and doubtful:
        raise fault(f"Add am or pm to {' and '.join(bare)}.")
    if not later:
        raise fault(f"“{text}” does not end later on the same day.")
    if later[0] - start < 30:  # may well be dates, such as 12.25-12.30
        raise fault(f"“{text}” is doubtful.")
    return start, later[0]


def spans_from(text):
    """Return pairs of minutes, none where it is closed, or raise ValidationError."""
    text = text.lower().strip(" .,;")
    if text in ("", "closed"):
        return []
    if re.search("app(oin)?t", text):
        raise fault("Empty this row, and answer “By appointment only” above.")
    if re.search("first|last|other", text):
        raise fault("Enter such days below, one by one, as days that differ.")
    spans = [span_from(part) for part in AND.split(text)]
    for a, b in pairwise(spans):
        if b[0] < a[1]:
            raise fault(f"“{text}” overlaps, or is not in order.")
    return spans


def tidy_hours(text):
    """Return hours as they are kept and shown, such as “9 am to noon, 1 pm to 5 pm”."""
    spans = [map(clock, span) for span in spans_from(text)]
    words = [" to ".join(time_format(at, "P") for at in span) for span in spans]
    return ", ".join(words).replace(".", "")


def parts(hours):
    return (hours or "Closed").split(", ")


def clock(minutes):
    return time(minutes // 60 % 24, minutes % 60)


def specified(hours, closed=(), **when):
    """Yield what schema.org calls hours; of text that no form has seen, nothing."""
    when["@type"] = "OpeningHoursSpecification"
    with suppress(ValidationError):
        for opens, closes in spans_from(hours) or closed:
            closes = min(closes, MIDNIGHT - 1)  # as equal ends mean closed
            yield when | {"opens": clock(opens), "closes": clock(closes)}


def coming(exceptions, today):
    """Return those that are not over."""
    return [row for row in exceptions if row["last"] >= str(today)]


def days_in_words(row):
    first, last = map(date.fromisoformat, (row["first"], row["last"]))
    end = f"{last:%B} {last.day}, {last.year}"
    if first == last:
        return f"{last:%A}, {end}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.day} to {last.day}, {last.year}"
    year = "" if first.year == last.year else f", {first.year}"
    return f"{first:%B} {first.day}{year} to {end}"


def exceptions_in_words(exceptions):
    return "; ".join(
        f"{days_in_words(row)}: {row['hours'] or 'Closed'}"
        + (row["what_for"] and f" ({row['what_for']})")
        for row in exceptions
    )


def weekdays_in_words(days):
    """Name days as people do: three or more in a row by the first and the last."""
    names = []
    for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        run = [day_name[day] for _, day in run]
        names += run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]
    return get_text_list(names, "and")


def office_hours(clinic, today):
    """Return what pages say of hours on a day: in words, and for schema.org."""
    week = [getattr(clinic, day.lower()) for day in day_name]
    week = week if any(week) else []
    exceptions = coming(clinic.exceptions, today)
    now = [row["hours"] for row in exceptions if row["first"] <= str(today)]
    now += week[today.weekday() :][:1]
    groups = {}
    for day, hours in enumerate(week):
        groups.setdefault(hours, []).append(day)
    return {
        "today": today,
        "hours_today": parts(now[0]) if now else (),
        "week": [
            (weekdays_in_words(days), parts(hours)) for hours, days in groups.items()
        ],
        "exceptions": [
            (days_in_words(row), parts(row["hours"]), row["what_for"])
            for row in exceptions
        ],
        "openings": [
            it
            for hours, days in groups.items()
            for it in specified(hours, dayOfWeek=[day_name[day] for day in days])
        ],
        "special_openings": [
            it
            for row in exceptions
            for it in specified(
                row["hours"], [(0, 0)], validFrom=row["first"], validThrough=row["last"]
            )
        ],
    }
