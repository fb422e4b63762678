"""What the charts of a calculation are told: contacts with their range, and the way from the claim to what counts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from app.charts import Mark, ObservedExpected, Point, Step, Waterfall, Words
from app.ledger.calculations import Calculation
from app.measurement.kept_series import WEEK_DAYS, Spell, by_weeks
from app.measurement.series import DAY, WEEK
from app.reporting.excluded import Excluded, stretches
from app.values.figures import counted, day, number, share
from app.values.money import money_in_brackets
from app.values.periods import Period
from app.web.sponsor.calculation_words import Row

DAYS_DRAWN = 92  # beyond a quarter single days run into each other


def usual_grain(found: Calculation) -> str:
    """By what the series is drawn unless somebody asks for something else."""
    kept: str = found.look.figures["every"]
    return WEEK if kept == DAY and found.reporting.days > DAYS_DRAWN else kept


def contacts(
    found: Calculation,
    spells: Sequence[Spell],
    every: str,
    earlier: Mapping[date, float | None],
    excluded: Sequence[Excluded] = (),
) -> ObservedExpected:
    """Observed and expected since go-live with the range, after what came before it."""
    if every == WEEK:  # the last days of a report seldom make a whole week, and would look like a fall
        spells = [one for one in spells if one.period.days == WEEK_DAYS] or spells
    before = earlier if every == DAY else by_weeks(earlier) if every == WEEK else {}
    points = [Point(label=_label(start), observed=figure) for start, figure in before.items()]
    length = timedelta(days=WEEK_DAYS if every == WEEK else 1)
    periods = [*(Period(start, start + length) for start in before), *(one.period for one in spells)]
    points += [
        Point(label=_label(one.period.start), observed=one.observed, expected=one.expected, low=one.low, high=one.high)
        for one in spells
    ]
    figures, terms = found.look.figures, found.plan.terms
    last = next((one for one in reversed(spells) if one.expected is not None), None)
    avoided = round(figures["avoided"])
    return ObservedExpected(
        key="contacts",
        title=f"Contacts a {every}, observed and expected",
        description=_described(found, excluded),
        points=tuple(points),
        number_text=number,
        observed=Words(f"{number(last.observed or 0)} observed", "observed") if last else Words("observed"),
        expected=Words(f"{number(last.expected or 0)} expected", "expected") if last else Words(""),
        band=Words(f"{share(figures['confidence'])} range: {number(last.low or 0)} to {number(last.high or 0)}")
        if last
        else Words(""),
        go_live=_go_live(found, spells, len(before)),
        full_from=Mark(len(before) + _place(spells, terms.full_on), Words(f"full from {_label(terms.full_on)}"))
        if terms.full_on and not _is_shared(found)
        else None,
        gap=f"{number(avoided)} did not come" if avoided > 0 else "",
        excluded=stretches(excluded, periods),
    )


def _go_live(found: Calculation, spells: Sequence[Spell], before: int) -> Mark:
    """Where the report begins: on a boundary with others that is the go-live of the first of them."""
    if _is_shared(found):
        return Mark(before, Words(f"first go-live {day(found.reporting.start)}", "first go-live"))
    on = found.plan.terms.go_live_on
    return Mark(before + _place(spells, on), Words(f"go-live {day(on)}", "go-live"))


def _is_shared(found: Calculation) -> bool:
    return found.reporting.start < found.plan.terms.go_live_on


def waterfall(key: str, title: str, rows: Sequence[Row]) -> Waterfall:
    """The lines of a table as bars; a change of nothing takes no room."""
    steps = [
        Step(
            name=row.name,
            kind=row.kind,
            value=row.amount.amount_minor,
            value_text=money_in_brackets(row.amount),
            href=row.href,
            label=f"{row.name} {money_in_brackets(row.amount)}",
        )
        for row in rows
        if row.kind != "change" or row.amount.amount_minor
    ]
    told = "; ".join(f"{step.name} {step.value_text}" for step in steps)
    return Waterfall(
        key=key, title=title, description=f"Each bar begins where the one above it ends. {told}.", steps=tuple(steps)
    )


def _described(found: Calculation, excluded: Sequence[Excluded]) -> str:
    figures = found.look.figures
    left_out = "".join(f" Left out: {one.words}." for one in excluded)
    first = "First go-live" if _is_shared(found) else "Go-live"
    return (
        f"{first} on {day(found.reporting.start)}. {counted(round(figures['observed']), 'contact')} observed, "
        f"{number(figures['counterfactual'])} expected since then.{left_out}"
    )


def _place(spells: Sequence[Spell], on: date) -> int:
    """The spell that holds a day, or the place behind the last one."""
    return next((place for place, one in enumerate(spells) if on < one.period.end), len(spells))


def _label(one: date) -> str:
    return f"{one.day} {one:%b}"
