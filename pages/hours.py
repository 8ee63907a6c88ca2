"""Office hours and days closed: read as staff write them, kept as visitors read them.

Each is a text with a line for a group of days or for a closure. `tidy_hours` and
`tidy_closures` return it in its settled form, which they understand again, or raise
ValidationError with every line that is wrong.
"""

import calendar
import re
from contextlib import suppress
from datetime import date
from itertools import groupby, pairwise

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list

DAYS = list(calendar.day_name)
MONTHS = list(calendar.month_name)[1:]
NOON, MIDNIGHT = 12 * 60, 24 * 60
TO = r"(?i:\s*(?:\b(?:to|thru|through|until)\b|[-–—])\s*)"
AND = r"(?i:\s*(?:,\s*and\b|\band\b|[,;&])\s*)"
HOURS = re.compile(r"(\D*?)[\s:]*\b(closed|(?:\d|noon\b).*)", re.IGNORECASE)
TIME = re.compile(r"(1[0-2]|0?[1-9])(?::([0-5]\d))?\s*([ap])\.?m\.?", re.IGNORECASE)
MONTH, DAY, YEAR = r"([a-z]{3,})\.?\s+", r"(\d\d?)(?:st|nd|rd|th)?\b", r"(\d{4})\b"
CLOSURE = re.compile(
    rf"(?:[a-z]+day,?\s+)?{MONTH}{DAY}(?:,?\s+{YEAR})?"
    rf"(?:{TO}(?:{MONTH})?{DAY}(?:,?\s+{YEAR})?)?"
    # Without a colon a note holds no number, which may well be one more day.
    r"(?:(?:\s*[:–—-]\s*|\s+(?!and\b|&|.*\d))(.*))?",
    re.IGNORECASE,
)
PART_OF_A_DAY = re.compile(
    r"\b(noon|midnight|half|early|late|\d+\s*[ap]\.?m)\b", re.IGNORECASE
)


def lines_of(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def one_of(names, text):
    """Return the number of the only name that begins like `text`."""
    text = text.lower().rstrip(".").removesuffix("s")
    (number,) = (n for n, name in enumerate(names) if name.lower().startswith(text))
    return number


# Weekly hours


def days_from(text):
    """Yield the numbers of days, Monday being 0."""
    text = re.sub("(?i:weekdays?)", "monday-friday", text)
    text = re.sub("(?i:weekends?)", "saturday-sunday", text)
    for part in re.split(AND, text):
        ends = [one_of(DAYS, name) for name in re.split(TO, part)]
        if len(ends) > 2:
            raise ValueError
        for n in range((ends[-1] - ends[0]) % 7 + 1):
            yield (ends[0] + n) % 7


def days_in_words(days):
    """Name days as people do: three or more in a row by the first and the last."""
    names = []
    for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        run = [DAYS[day] for _, day in run]
        names += run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]
    return get_text_list(names, "and")


def minutes_from(text):
    """Return the minutes since midnight."""
    if text.lower() in ("noon", "midnight"):
        return NOON if text.lower() == "noon" else 0
    if not (found := TIME.fullmatch(text)):
        raise ValueError
    hour, minutes, half = found.groups()
    return int(hour) % 12 * 60 + int(minutes or 0) + NOON * (half in "Pp")


def minutes_in_words(minutes):
    if minutes in (NOON, MIDNIGHT):
        return "noon" if minutes == NOON else "midnight"
    hour, rest = divmod(minutes, 60)
    return f"{hour % 12 or 12}{f':{rest:02}' if rest else ''} {'ap'[hour > 11]}m"


def spans_from(text):
    """Yield pairs of minutes: the office opens and closes."""
    if text.lower() != "closed":
        for part in re.split(AND, text):
            opens, closes = re.split(TO, part)
            if opens.replace(":", "").isdigit():  # as in 1 to 5 pm
                opens += closes.lstrip("0123456789: ")
            yield minutes_from(opens), minutes_from(closes) or MIDNIGHT


def span_in_words(span):
    return " to ".join(map(minutes_in_words, span))


def tidy_hours(text):
    """Group the days that have equal hours; days that no line names are closed."""
    week, errors = {}, []
    for line in lines_of(text):
        try:
            days, spans = HOURS.fullmatch(line).groups()
            days, spans = list(days_from(days)), list(spans_from(spans))
        except (AttributeError, ValueError):
            errors.append(
                f"“{line}” is not understood. Write days, then times with am or pm, "
                "such as “Monday to Thursday: 9 am to noon, 1 pm to 4:30 pm” or "
                "“Friday: Closed”."
            )
            continue
        errors += [
            f"“{line}”: {span_in_words(span)} ends before it begins."
            for span in spans
            if span[0] >= span[1]
        ]
        for day in days:
            if day in week and not (week[day] and spans):
                errors.append(f"“{line}”: {DAYS[day]} has a line above already.")
            week[day] = sorted(week.get(day, []) + spans)
    for day, spans in sorted(week.items()):
        errors += [
            f"{DAYS[day]}: {span_in_words(a)} and {span_in_words(b)} overlap."
            for a, b in pairwise(spans)
            if b[0] < a[1]
        ]
    if week and not any(week.values()):
        errors.append("Write also the days on which the office is open.")
    if errors:
        raise ValidationError(errors)
    alike = {}
    for day in range(7) if week else ():
        alike.setdefault(tuple(week.get(day, [])), []).append(day)
    return "\n".join(
        f"{days_in_words(days)}: {', '.join(map(span_in_words, spans)) or 'Closed'}"
        for spans, days in alike.items()
    )


def settled(hours):
    """Yield (numbers of days, spans, spans in words) of each line of settled hours."""
    for line in hours.splitlines():
        days, _, spans = line.partition(": ")
        with suppress(ValueError):  # text that no form has seen breaks no page
            yield list(days_from(days)), list(spans_from(spans)), spans


def openings(hours):
    """Yield (names of days, opens, closes), times as HH:MM."""
    for days, spans, _ in settled(hours):
        for span in spans:
            ends = (f"{end // 60 % 24:02}:{end % 60:02}" for end in span)
            yield [DAYS[day] for day in days], *ends


# Closures on dates


def closure_from(line, today):
    """Return (first day, last day, note), or None if it is not understood.

    A date without a year is the next such day.
    """
    line = re.sub(
        r"\b(1[0-2]|0?[1-9])/(\d\d?)(?:/(\d{4}))?\b",
        lambda d: f"{MONTHS[int(d[1]) - 1]} {d[2]} {d[3] or ''}".rstrip(),
        line,
    )
    if not (found := CLOSURE.fullmatch(line)):
        return None
    month, day, year, to_month, to_day, to_year, note = found.groups()

    def closure(year):
        first = date(year, month, int(day))
        last = date(int(to_year or year + over), to_month, int(to_day or day))
        return first, last, (note or "").strip()

    try:
        month = one_of(MONTHS, month) + 1
        to_month = one_of(MONTHS, to_month) + 1 if to_month else month
        over = month == 12 and to_month < 4  # over New Year
        if year or to_year:
            return closure(int(year or int(to_year) - over))
    except ValueError:
        return None
    for next_year in range(today.year - 1, today.year + 9):  # February 29 may be far
        with suppress(ValueError):
            if (found := closure(next_year))[1] >= today:
                return found


def dates_in_words(first, last):
    end = f"{last:%B} {last.day}, {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.day} to {last.day}, {last.year}"
    year = "" if first.year == last.year else f", {first.year}"
    return f"{first:%B} {first.day}{year} to {end}"


def tidy_closures(text, today):
    """Put the closures in the order of their days."""
    closures, errors = [], []
    for line in lines_of(text):
        if closure := closure_from(line, today):
            closures.append(closure)
            if PART_OF_A_DAY.search(closure[2]):
                errors.append(
                    f"“{line}” is about part of a day. Only whole days can stand here."
                )
        else:
            errors.append(
                f"“{line}” is not understood. Write a date, or the first and the last, "
                "then what for, such as “December 24 to 26: Christmas”."
            )
    closures.sort()
    errors += [
        f"{dates_in_words(first, last)} ends before it begins."
        for first, last, _ in closures
        if last < first
    ]
    errors += [
        f"{dates_in_words(*a[:2])} and {dates_in_words(*b[:2])} overlap."
        for a, b in pairwise(closures)
        if b[0] <= a[1]
    ]
    if errors:
        raise ValidationError(errors)
    return "\n".join(
        dates_in_words(first, last) + (f": {note}" if note else "")
        for first, last, note in closures
    )


def coming(closures, today):
    """Return those of settled `closures` that are not over: (line, first, last)."""
    dates = [(line, closure_from(line, today)) for line in closures.splitlines()]
    return [(line, *day[:2]) for line, day in dates if day and day[1] >= today]


def hours_on(today, hours, closures):
    """Return the words for one day, or none where no hours are known."""
    if any(first <= today <= last for _, first, last in coming(closures, today)):
        return "Closed"
    words = (words for days, _, words in settled(hours) if today.weekday() in days)
    return next(words, "")
