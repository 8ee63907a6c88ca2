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

NOON, MIDNIGHT = 12 * 60, 24 * 60
HALF = r"(?:(noon|midnight|[ap])\.?\s?(?:m\.?)?)?"
TIME = rf"(?=[\dnm])(\d\d?)?(?:[:.]?([0-5][05]))?\s*{HALF}"
TO = r"\s*(?:['’]?till?|until|to|thru|through|[-‐-―−]+)\s*"
SPAN = re.compile(TIME + TO + TIME)
AND = re.compile(r"\s*(?:(?:and|[,;&+/])\s*)+")
# In minutes, what makes sense before these, and alone. Many write 12 am for noon.
SENSIBLE = {"a": range(60, NOON), "p": range(60, 13 * 60), "noon": [NOON]}
SENSIBLE |= {"midnight": [NOON], None: [0, *range(60, MIDNIGHT + 1)]}


def unclear(text):
    return ValidationError(
        f"“{text}” is not clear. Write only times, with am or pm, such as “9 am to "
        "noon, 1 pm to 5 pm”. By appointment? Tick that above. Not each week? Enter "
        "each date below."
    )


def time_from(span, hour, minutes, half):
    """Return minutes, and after how many the same words may mean another time.

    What is left open, the sense of offices says: they open from 7 to 11 in the morning,
    else in the afternoon.
    """
    total = int(hour or 12) * 60 + int(minutes or 0)
    if total not in SENSIBLE[half]:
        raise unclear(span)
    if half:
        return total % NOON + NOON * (half in ("p", "noon")), MIDNIGHT
    if hour[0] == "0" or total >= 13 * 60:  # of a clock of 24 hours
        return total, MIDNIGHT
    return 7 * 60 + (total - 7 * 60) % NOON, NOON


def span_from(text):
    """Return when it opens and closes, which is at the next such hour."""
    if not (found := SPAN.fullmatch(text)):
        raise unclear(text)
    opens, step = time_from(text, *found.group(1, 2, 3))
    closes, next_step = time_from(text, *found.group(4, 5, 6))
    closes = opens + ((closes - opens) % next_step or next_step)
    # 12.25-12.30 may be dates; 8:30 to 11 pm, or 1 to 12, leave too much open.
    if not opens + 60 <= closes <= min(opens + step, MIDNIGHT - (next_step == NOON)):
        raise unclear(text)
    return opens, closes


def spans_from(text):
    """Return pairs of minutes, none where it is closed, or raise ValidationError."""
    text = text.lower().strip(" .,;")
    if text in ("", "closed"):
        return []
    spans = [span_from(part) for part in AND.split(text)]
    if any(b[0] < a[1] for a, b in pairwise(spans)):
        raise unclear(text)
    return spans


def tidy_hours(text):
    """Return hours as they are kept and shown, such as “9 am to noon, 1 pm to 5 pm”."""
    spans = [[time(at // 60 % 24, at % 60) for at in span] for span in spans_from(text)]
    words = ",".join(" to ".join(time_format(at, "P") for at in span) for span in spans)
    return words.replace(".", "").replace(" ", "\N{NO-BREAK SPACE}").replace(",", ", ")


def openings(rows, closed=()):
    """Yield what schema.org calls hours; of text that no form has seen, nothing."""
    for hours, when in rows:
        with suppress(ValidationError):
            for opens, closes in spans_from(hours) or closed:
                ends = opens, min(closes, MIDNIGHT - 1)  # as equal ends mean closed
                told = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in ends]
                span = {"opens": told[0], "closes": told[1]}
                yield when | {"@type": "OpeningHoursSpecification"} | span


def coming(exceptions, today):
    """Return those that are not over."""
    return [row for row in exceptions if row["last"] >= str(today)]


def row_in_words(row):
    days = dict.fromkeys([row["first"], row["last"]])
    when = " to ".join(f"{date.fromisoformat(day):%A, %B %-d, %Y}" for day in days)
    what_for = row["what_for"] and f" ({row['what_for']})"
    return f"{when}: {row['hours'] or 'Closed'}{what_for}"


def office_hours(clinic, today):
    """Return what pages say of hours on a day, and the same for schema.org."""
    exceptions = coming(clinic.exceptions, today)
    now = [row["hours"] for row in exceptions if row["first"] <= str(today)]
    week, runs = {day: getattr(clinic, day.lower()) for day in day_name}, []
    if any(week.values()):
        now.append(week[day_name[today.weekday()]])
        runs = [(hours, [*days]) for hours, days in groupby(week, week.get)]
    special = [
        (row["hours"], {"validFrom": row["first"], "validThrough": row["last"]})
        for row in exceptions
    ]
    return {
        "today": today,
        "hours_today": now[0] or "Closed" if now else None,
        "week": runs,
        "exceptions": [*map(row_in_words, exceptions)],
        "openings": [*openings((hours, {"dayOfWeek": days}) for hours, days in runs)],
        "special_openings": [*openings(special, [(0, 0)])],
    }
