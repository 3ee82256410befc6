"""Random cases for clock-check, worked out a second time.

Nothing here looks at the program: time zones are those of zoneinfo, dates those of datetime, Easter is found from the
moon's cycle by counting, and holidays are written as functions. Usage: clock_cases.py SEED COUNT
"""

import datetime as dt
import random
import sys
import zoneinfo

DAY = dt.timedelta(days=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


def easter(year):
    """The church's full moon by the golden number and the century's corrections, then the Sunday after it."""
    golden, century = year % 19, year // 100
    shift = (19 * golden + 15 + century - century // 4 - (8 * century + 13) // 25) % 30
    # never later than 18 April, and that only in the first half of the moon's cycle
    if shift == 29 or (shift == 28 and golden > 10):
        shift -= 1
    day = dt.date(year, 3, 21) + DAY * (shift + 1)
    while day.weekday() != 6:
        day += DAY
    return day


def nth(year, month, weekday, count):
    days = [dt.date(year, month, 1) + DAY * i for i in range(31)]
    days = [day for day in days if day.month == month and day.weekday() == weekday]
    return days[count]


def us_holidays(year):
    moved = set()
    for y in (year, year + 1):
        fixed = [dt.date(y, 1, 1), dt.date(y, 6, 19), dt.date(y, 7, 4), dt.date(y, 11, 11), dt.date(y, 12, 25)]
        for day in fixed:
            moved.add(day)
            if day.weekday() == 5:
                moved.add(day - DAY)
            if day.weekday() == 6:
                moved.add(day + DAY)
        moved |= {nth(y, 1, 0, 2), nth(y, 2, 0, 2), nth(y, 5, 0, -1), nth(y, 9, 0, 0), nth(y, 10, 0, 1),
                  nth(y, 11, 3, 3)}
    return moved


def de_holidays(year):
    sunday = easter(year)
    return {dt.date(year, 1, 1), sunday - 2 * DAY, sunday + DAY, dt.date(year, 5, 1), sunday + 39 * DAY,
            sunday + 50 * DAY, dt.date(year, 10, 3), dt.date(year, 12, 25), dt.date(year, 12, 26)}


def between(first, last):
    first, last = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return {first + DAY * i for i in range((last - first).days + 1)}


# 国务院办公厅 2025-11-04
CN_REST = (between("2026-01-01", "2026-01-03") | between("2026-02-15", "2026-02-23") |
           between("2026-04-04", "2026-04-06") | between("2026-05-01", "2026-05-05") |
           between("2026-06-19", "2026-06-21") | between("2026-09-25", "2026-09-27") |
           between("2026-10-01", "2026-10-07"))
CN_WORK = {dt.date.fromisoformat(day) for day in ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20",
                                                  "2026-10-10")}


class MissingYear(Exception):
    pass


def is_workday(calendar, day):
    if calendar == "cn":
        if day.year > 2026:
            raise MissingYear(day.year)
        return day in CN_WORK or (day.weekday() < 5 and day not in CN_REST)
    holidays = us_holidays(day.year) if calendar == "us-federal" else de_holidays(day.year)
    return day.weekday() < 5 and day not in holidays


def next_workday(calendar, day):
    while not is_workday(calendar, day):
        day += DAY
    return day


def add_workdays(calendar, day, count):
    is_workday(calendar, day)
    while count:
        day += DAY
        if is_workday(calendar, day):
            count -= 1
    return day


def add_months(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return dt.date(year, month, number)
        except ValueError:
            continue
    return dt.date(year, month, day.day)


def millis(moment):
    delta = moment - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000


def end_of(day, zone):
    return millis(dt.datetime.combine(day + DAY, dt.time(0), tzinfo=zone)) - 1


def roll(kind, calendar, day, zone):
    if kind == "next_working_day":
        return next_workday(calendar, day), None
    if kind == "noon_next_working_day" and not is_workday(calendar, day):
        day = next_workday(calendar, day)
        return day, millis(dt.datetime.combine(day, dt.time(12), tzinfo=zone))
    return day, None


def days(case, start_day, zone):
    """The last moment in time, and its day."""
    count, amount, calendar = case["count"], case["amount"], case["calendar"]
    inclusive = case["day_one"] == "inclusive"
    if count == "business":
        counts_today = inclusive and is_workday(calendar, start_day)
        day = add_workdays(calendar, start_day, amount - 1 if counts_today else amount)
        if case["computation"] == "us-sec-form-8k":
            return millis(dt.datetime.combine(day, dt.time(17, 30), tzinfo=zone)), day
        return end_of(day, zone), day
    if count == "months":
        day = add_months(start_day, amount)
    else:
        day = start_day + DAY * (amount - 1 if inclusive else amount)
    day, noon = roll(case["roll"], calendar, day, zone)
    return (end_of(day, zone) if noon is None else noon), day


def work_out(case):
    zone = zoneinfo.ZoneInfo(case["zone"])
    start = case["moment"]
    if case["count"] != "hours":
        day = start if isinstance(start, dt.date) and not isinstance(start, dt.datetime) else start.astimezone(zone).date()
        return days(case, day, zone)
    # the sum is made in UTC: datetime adds to the clock on the wall, and not to time
    due = start.astimezone(dt.timezone.utc) + dt.timedelta(milliseconds=case["amount"])
    if case["roll"] == "noon_next_working_day" and not is_workday(case["calendar"], due.astimezone(zone).date()):
        day = next_workday(case["calendar"], due.astimezone(zone).date())
        return millis(dt.datetime.combine(day, dt.time(12), tzinfo=zone)), day
    is_local = start.utcoffset() == start.astimezone(zone).utcoffset()
    return millis(due), due.astimezone(zone if is_local else start.tzinfo).date()


def random_start(chance, case):
    last = dt.date(2026, 12, 20) if case["calendar"] == "cn" else dt.date(2031, 12, 31)
    day = dt.date(2026, 1, 1) + DAY * chance.randrange((last - dt.date(2026, 1, 1)).days)
    if case["count"] != "hours" and chance.random() < 0.3:
        return day
    offset = chance.choice([0, 60, 120, 330, 480, 540, -180, -300, -240, -480, 765])
    zone = dt.timezone(dt.timedelta(minutes=offset))
    return dt.datetime(day.year, day.month, day.day, chance.randrange(24), chance.randrange(60), chance.randrange(60),
                       chance.randrange(1000) * 1000, tzinfo=zone)


def random_case(chance):
    zones = {"cn": ["Asia/Shanghai"], "us-federal": ["America/New_York", "America/Los_Angeles"],
             "de": ["Europe/Berlin", "Europe/Brussels", "Pacific/Auckland"]}
    case = {"calendar": chance.choice(list(zones)), "count": chance.choice(["hours", "calendar", "business", "months"])}
    case["zone"] = chance.choice(zones[case["calendar"]])
    case["amount"] = {"hours": chance.choice([30 * 60000, 3600000, 4 * 3600000, 72 * 3600000, 720 * 3600000]),
                      "calendar": chance.choice([1, 3, 5, 10, 15, 30, 60]), "business": chance.randint(1, 25),
                      "months": chance.choice([1, 2, 3, 6, 13])}[case["count"]]
    case["day_one"] = "inclusive" if case["count"] in ("calendar", "business") and chance.random() < 0.3 else "exclusive"
    rolls = {"hours": ["none", "noon_next_working_day"], "business": ["none"]}
    case["roll"] = chance.choice(rolls.get(case["count"], ["none", "unknown", "next_working_day", "noon_next_working_day"]))
    is_8k = case["calendar"] == "us-federal" and case["count"] == "business" and chance.random() < 0.5
    case["computation"] = "us-sec-form-8k" if is_8k else chance.choice(["plain", "eu-1182-71"])
    case["moment"] = random_start(chance, case)
    return case


def start_text(start):
    if not isinstance(start, dt.datetime):
        return start.isoformat()
    return start.isoformat(timespec="milliseconds")


def main():
    chance = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        case = random_case(chance)
        try:
            last, day = work_out(case)
            expected = f"{last}\t{day.isoformat()}"
        except MissingYear as missing:
            # a relief that depends on the year cannot be given, and neither can working days be counted in it
            expected = f"missing\t{missing}"
        print("\t".join([case["count"], str(case["amount"]), case["day_one"], case["roll"], case["computation"],
                         case["zone"], case["calendar"], start_text(case["moment"]), expected]))


main()
