"""What the pages say of an initiative: its finding, and how it stands, in words."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.initiatives.projection import Promise
from app.initiatives.queries import Step
from app.initiatives.rules import GONE_LIVE, is_overdue, is_stale
from app.ledger.queries import Line
from app.measurement.rules import ENOUGH_DAYS
from app.values.figures import counted, day, share
from app.values.money import money_text

ON_TRACK_FROM = Fraction(9, 10)
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence with the part that the page is about, and what should be known with it."""

    before: str
    stressed: str = ""
    after: str = ""
    lede: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How it stands: good, care, bad or none, always with the word."""

    kind: str
    words: str
    detail: str = ""


def judge(line: Line, today: date, timezone: ZoneInfo) -> Judgement | None:
    """How an initiative stands; nothing to say while it moves along."""
    known = line.known
    if known.plan.due_on and is_overdue(known.stage, known.plan.due_on, today):
        return Judgement("care", f"{_late(known.plan.due_on, today)} late", f"due {day(known.plan.due_on)}")
    moved_on = known.moved_at.astimezone(timezone).date()
    if is_stale(known.stage, moved_on, today):
        return Judgement("none", "Stale", f"nothing done since {day(moved_on)}")
    return _judge_measured(line) if known.stage in GONE_LIVE else None


def _judge_measured(line: Line) -> Judgement:
    if line.measured is None:
        return Judgement("none", "Not measured yet", "no contacts since go-live")
    figures = line.measured.figures
    if figures.whole is None:
        lack = "no other reason has contacts" if figures.days_used else "no contacts a year before go-live"
        return Judgement("none", "Nothing to compare with", lack)
    if figures.level is None:
        return Judgement("none", "Too early to tell", f"{figures.days_used} of {ENOUGH_DAYS} days")
    if figures.whole.avoided <= 0:
        return Judgement("bad", "No fewer contacts", "all told since go-live")
    return _judge_pace(line.pace)


def _judge_pace(pace: Fraction | None) -> Judgement:
    if pace is None:
        return Judgement("none", "Nothing promised", "no projection to hold it against")
    if pace >= ON_TRACK_FROM:
        return Judgement("good", "On track", f"{share(float(pace))} of what was projected")
    return Judgement("care", f"Short by {share(float(1 - pace))}", "of what was projected")


def _late(due_on: date, today: date) -> str:
    days = (today - due_on).days
    return counted(days // DAYS_A_WEEK, "week") if days >= DAYS_A_WEEK else counted(days, "day")


def finding(line: Line, steps: list[Step], timezone: ZoneInfo) -> Finding:
    """The sentence that the initiative's page opens with."""
    known = line.known
    if known.stage == "dropped":
        return Finding(f"Dropped on {day(steps[-1].at.astimezone(timezone).date())}.", lede=steps[-1].note)
    if known.stage in GONE_LIVE:
        return _found_live(line)
    if known.promised is None:
        return Finding("Nobody has written down yet what it would save.", lede=known.plan.description)
    likely = known.promised.figures.likely
    money = f", {money_text(likely.saving_year)}" if likely.saving_year else ""
    verb = "is promised to" if known.frozen else "could"
    stressed = counted(likely.contacts_year, "contact")
    return Finding(f"It {verb} take away ", stressed, f"{money} a year.", payback(likely))


def payback(promise: Promise) -> str:
    """When it pays back what it costs."""
    if promise.saving_year is None:
        return "No cost per contact is set for all of its channels, so the money is not known."
    months = promise.payback_months
    if months is None:
        return "As projected it never pays back what it costs."
    return "It costs nothing to do." if months == 0 else f"It pays back what it costs in {counted(months, 'month')}."


def _found_live(line: Line) -> Finding:
    known, measured = line.known, line.measured
    since = f"It is live since {day(known.plan.go_live_on)}." if known.plan.go_live_on else "It is live."
    whole = measured.figures.whole if measured else None
    if measured is None or whole is None:
        judged = _judge_measured(line)
        return Finding(f"{since} {judged.words}:", "", f" {judged.detail}.")
    avoided = round(whole.avoided)
    relative = measured.figures.relative
    share_words = f"{share(abs(float(relative)))} of what would have come" if relative else "as many as would have come"
    lede = (
        f"Since {day(measured.since.start)}, {share_words}. Indicative: the same days a year before, without a range."
    )
    if avoided < 0:
        return Finding("", counted(-avoided, "more contact", "more contacts"), " came than expected.", lede)
    first = f"{counted(avoided, 'contact')} no longer came."
    if measured.figures.level is None:
        return Finding(f"{first} It is ", "too early to tell", ".", lede)
    return _with_pace(line, first, lede)


def _with_pace(line: Line, first: str, lede: str) -> Finding:
    pace = line.pace
    if pace is None:
        return Finding(first, lede=lede)
    gap = share(abs(float(1 - pace)))
    if pace >= 1:
        return Finding(f"{first} That is ", f"{gap} more", " than was projected.", lede)
    if pace >= ON_TRACK_FROM:
        return Finding(f"{first} The saving is ", "on track", ".", lede)
    return Finding(f"{first} The saving runs ", f"{gap} short", " of its projection.", lede)
