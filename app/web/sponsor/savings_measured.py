"""The savings page once there are measurements: the way to validated, the months, the largest initiatives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import url_for

from app.charts import Line as DrawnLine
from app.charts import Mark, SavingsByMonth, Step, Waterfall, Words
from app.charts.content import Kind, StepKind
from app.ledger import fiscal
from app.ledger.queries import Line, Savings
from app.ledger.rules import Goal, Month
from app.ledger.way import MEASURED, NET, QUEUED, SIGNED, UNCERTAIN, UNVERIFIED, Part, Reached, WayStep
from app.measurement.netting import HEADLINE, STEP_NAMES
from app.measurement.plan_queries import Measured
from app.measurement.verdict import DISPUTED, INCREASED, INSUFFICIENT, NOISE, VERIFIED
from app.values.figures import share
from app.values.money import Money, money_in_brackets, money_short, money_text
from app.web.team.initiative_words import ON_TRACK_FROM, Judgement

LARGEST = 5
RISKS: Mapping[str, tuple[str, str]] = {
    NOISE: ("bad", "Effect not proven"),
    DISPUTED: ("bad", "Disputed"),
    INCREASED: ("bad", "More contacts"),
    INSUFFICIENT: ("care", "Baseline too short"),
}
NAMES: Mapping[Kind, str] = {
    "projected": "projected",
    "forecast": "forecast",
    "realised": "measured",
    "validated": "validated",
}


@dataclass(frozen=True)
class Largest:
    """One initiative as the table of the largest shows it."""

    line: Line
    look: Measured | None
    forecast: Money | None
    forecast_version: int | None
    risk: Judgement | None


@dataclass(frozen=True, slots=True)
class InYear:
    """What came in the fiscal year so far, capacity and cash apart."""

    name: str
    realised: Money
    signed: Money
    cash: Money
    cash_signed: Money


def waterfall(steps: Sequence[WayStep], currency: str) -> Waterfall:
    """The way as bars; a step of nothing has none, a bar opens the parts that it is made of."""
    shown = [one for one in steps if one.is_sum or one.step == HEADLINE or one.minor]
    bars = [_bar(one, Money(one.minor, currency)) for one in shown]
    told = "; ".join(f"{bar.name} {bar.value_text}" for bar in bars)
    return Waterfall(
        key="way",
        title="From headline claim to validated saving",
        description=f"Each bar begins where the one above it ends. {told}.",
        steps=tuple(bars),
    )


def _bar(step: WayStep, amount: Money) -> Step:
    kind: StepKind = "total" if step.step == SIGNED else "subtotal" if step.is_sum else "change"
    text = money_in_brackets(amount)
    return Step(
        name=step.name,
        kind="start" if step.step == HEADLINE else kind,
        value=amount.amount_minor,
        value_text=text,
        href=_href(step),
        label=f"{step.name} {text}",
    )


def _href(step: WayStep) -> str:
    if step.step == QUEUED:
        return url_for("sponsor.queue")
    if step.step in {MEASURED, SIGNED}:
        return url_for("sponsor.ledger", level=step.step)
    return f"#way-{step.step}"


def added_back(steps: Sequence[WayStep]) -> list[tuple[Part, WayStep]]:
    """Each net loss that is not booked, with the step that adds it back; the waterfall rises where others fall."""
    losses = {part.initiative_id: part for step in steps if step.step == NET for part in step.parts if part.minor < 0}
    return [
        (losses[part.initiative_id], step)
        for step in steps
        if step.step in {UNCERTAIN, UNVERIFIED}
        for part in step.parts
        if part.minor > 0 and part.initiative_id in losses
    ]


def part_page(step: WayStep, part: Part) -> str:
    """Where one initiative's part of a step was made."""
    place = f"step-{step.step}" if step.step in {*STEP_NAMES, NET} else "booked"
    return url_for("sponsor.calculation", initiative_id=part.initiative_id, month=f"{part.month:%Y-%m}", _anchor=place)


def chart(against: Goal, whole: Sequence[Month], months: Sequence[Reached], today: date) -> SavingsByMonth:
    """The run-rate reached by month: projected, forecast, measured and validated, on the way to the goal."""
    goal = against.money
    currency = goal.currency
    series: list[tuple[Kind, list[Money | None]]] = [
        ("projected", [month.year_of(month.projected) for month in whole]),
        ("forecast", [one.forecast_year for one in months]),
        ("realised", [one.realised_year for one in months]),
        ("validated", [one.validated_year for one in months]),
    ]
    lines = [_line(kind, figures) for kind, figures in series if any(figure is not None for figure in figures)]
    present = [number for number, month in enumerate(whole) if month.period.start == today.replace(day=1)]
    return SavingsByMonth(
        key="months",
        title="Run-rate reached by month",
        description=f"The goal is {money_text(goal)} a year. " + "; ".join(line.words.full for line in lines),
        months=tuple(f"{month.period.start:%b}" for month in whole) if lines else (),
        lines=tuple(lines),
        money_text=lambda minor: money_short(Money(minor, currency)),
        goal=goal.amount_minor,
        goal_words=Words(f"{money_text(goal)} goal", f"{money_short(goal)} goal"),
        today=Mark(present[0], Words("today")) if present else None,
    )


def _line(kind: Kind, figures: Sequence[Money | None]) -> DrawnLine:
    last = next(money for money in reversed(figures) if money is not None)
    words = Words(f"{money_text(last)} {NAMES[kind]}", f"{money_short(last)} {NAMES[kind]}")
    return DrawnLine(kind, tuple(None if money is None else float(money.amount_minor) for money in figures), words)


def largest(found: Savings, looks: Mapping[int, Measured], judge: Callable[[Line], Judgement | None]) -> list[Largest]:
    """The five largest initiatives by the money that they stand for."""
    those = [line for line in found.lines if line.known.stage != "dropped"][:LARGEST]
    return [_largest(line, looks.get(line.known.id), judge) for line in those]


def _largest(line: Line, look: Measured | None, judge: Callable[[Line], Judgement | None]) -> Largest:
    expected = line.known.forecast or line.known.promised
    money, number = (expected.figures.likely.saving_year, expected.number) if expected else (None, None)
    return Largest(line, look, money, number, risk(line, look, judge))


def risk(line: Line, look: Measured | None, judge: Callable[[Line], Judgement | None]) -> Judgement | None:
    """What stands between an initiative and its saving: by its last measurement where there is one."""
    if look is None:
        return judge(line)
    if look.state in RISKS:
        return Judgement(*RISKS[look.state], look.state if look.state != DISPUTED else "nothing is booked meanwhile")
    measured, projected = line.position and line.position.measured, line.projected
    if look.state != VERIFIED or not measured or not measured.money or not projected or not projected.money:
        return Judgement("none", look.state.capitalize(), "")
    part = Fraction(measured.money.amount_minor, projected.money.amount_minor or 1)
    if part >= ON_TRACK_FROM:
        return Judgement("good", "On track", f"{share(float(part))} of what was projected")
    return Judgement("care", f"Short by {share(float(1 - part))}", "the low end against what was projected")


def in_year(found: Savings, today: date, first_month: int) -> InYear:
    """The fiscal year so far."""
    nothing = Money(0, found.goal.money.currency)
    held = [line.position for line in found.lines if line.position is not None]
    return InYear(
        fiscal.fiscal_year_name(fiscal.fiscal_year(today, first_month)),
        sum((one.realised.in_year for one in held), nothing),
        sum((one.signed.in_year for one in held), nothing),
        sum((one.cash.in_year for one in held), nothing),
        sum((one.cash_signed.in_year for one in held), nothing),
    )


def cash(found: Savings) -> tuple[Money, Money]:
    """All cash that was released, and what of it finance signed."""
    nothing = Money(0, found.goal.money.currency)
    held = [line.position for line in found.lines if line.position is not None]
    return sum((one.cash.amount for one in held), nothing), sum((one.cash_signed.amount for one in held), nothing)
