"""The savings page: the goal, the ladder to it, projected beside realised by month, and the initiatives by money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import charts
from app.charts import Line as DrawnLine
from app.charts import Mark, SavingsByMonth, Words
from app.initiatives.rules import STAGE_NAMES, Mover, missing
from app.ledger import claim_queries, decay, entry_queries, queries, rules, signing, way
from app.ledger.claim_queries import Claimed
from app.ledger.queries import Line, Savings
from app.ledger.rules import Month
from app.ledger.signing import Signer
from app.measurement import placebo_runs, plan_queries
from app.measurement import queries as measurement
from app.measurement.plan_queries import Measured as Looked
from app.measurement.rules import LEVEL_DAYS
from app.values.money import Money, money_short, money_text
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.sponsor import savings_measured, savings_notes
from app.web.sponsor.blueprint import pages
from app.web.team.initiative_words import Judgement, judge


@dataclass(frozen=True)
class Row:
    """One initiative as the table shows it."""

    line: Line
    judgement: Judgement | None


@pages.get("/savings")
@allow(*SUPERVISORS)
def savings() -> ResponseReturnValue:
    """Everything against the goal."""
    db, today = work.reading(), work.today()
    settings = work.settings()
    found = queries.savings(db, settings.currency, today, settings.fiscal_year_start)
    looks, plans = plan_queries.latest(db), plan_queries.frozen_plans(db)
    ladder = found.signed if looks else found.ladder
    reached = [rung for rung in ladder if rung.initiative_ids]
    timezone = settings.timezone
    return render_template(
        "sponsor/savings.html",
        found=found,
        ladder=ladder,
        top=reached[-1] if reached else None,
        rows=[Row(line, judge(line, today, timezone)) for line in found.lines if line.known.stage != "dropped"],
        level_days=LEVEL_DAYS,
        chart="" if looks else charts.savings_by_month(_chart(found, today)),
        month_name=rules.month_name,
        behind=_behind(found),
        waiting=_waiting(found, today),
        overlaps=measurement.overlaps(db, [line.known for line in found.lines]),
        stages=STAGE_NAMES,
        measured=_measured(db, found, looks, today) if looks else None,
        no_limit=savings_notes.NO_LIMIT,
        awaited=savings_notes.awaited(found.lines, looks, plans),
        unplanned=savings_notes.unplanned(found.lines, plans),
        today=today,
    )


def _measured(db: Session, found: Savings, looks: Mapping[int, Looked], today: date) -> dict[str, Any]:
    """What the page shows beside where there are measurements."""
    currency, timezone = found.goal.money.currency, work.settings().timezone
    steps = way.way(db, looks, currency)
    whole = way.whole_months(found, looks.keys())
    months = way.reached(entry_queries.standing(db), [month.period for month in whole], currency)
    return {
        "steps": [one for one in steps if one.is_sum or one.minor],
        "waterfall": charts.waterfall(savings_measured.waterfall(steps, currency)) if steps else "",
        "part_page": savings_measured.part_page,
        "added_back": savings_measured.added_back(steps),
        "months": list(zip(whole, months, strict=True)),
        "booked_ids": looks.keys(),
        "has_cash": any(one.cash is not None for one in months),
        "has_indication": any(month.realised is not None for month in whole),
        "chart": charts.savings_by_month(savings_measured.chart(found.goal, whole, months, today)),
        "largest": savings_measured.largest(found, looks, lambda line: judge(line, today, timezone)),
        "in_year": savings_measured.in_year(found, today, work.settings().fiscal_year_start),
        "cash": savings_measured.cash(found),
        "above": savings_notes.above(found.lines),
        "losing": _losing(db, found, looks),
        "reliability": placebo_runs.last(db),
        "claims": _claims(db),
        "money": lambda minor: Money(minor, currency),
    }


def _losing(db: Session, found: Savings, looks: Mapping[int, Looked]) -> list[tuple[str, str]]:
    """A sentence for each fix that wears off, and the calculation that says so."""
    known = [line.known for line in found.lines]
    return savings_notes.losing_pages(decay.decays(db, known, looks, work.settings().timezone))


def _claims(db: Session) -> list[Claimed]:
    """The claims that this person may decide."""
    me = Signer(current_user.id, current_user.roles)
    return [one for one in claim_queries.queue(db) if signing.refusal(me, one.hands) is None]


def _chart(found: Savings, today: date) -> SavingsByMonth:
    months, goal = found.months, found.goal.money
    currency = goal.currency
    projected = [month.year_of(month.projected) for month in months]
    realised = [month.year_of(month.realised) for month in months]
    lines = []
    if any(projected):
        last = next(money for money in reversed(projected) if money)
        words = Words(f"{money_text(last)} projected", f"{money_short(last)} projected")
        lines.append(DrawnLine("projected", _amounts(projected), words))
    if any(realised):
        last = next(money for money in reversed(realised) if money)
        words = Words(f"{money_text(last)} realised", f"{money_short(last)} realised")
        lines.append(DrawnLine("realised", _amounts(realised), words))
    return SavingsByMonth(
        key="months",
        title="Run-rate reached by month",
        description=f"The goal is {money_text(goal)} a year. " + "; ".join(line.words.full for line in lines),
        months=tuple(f"{month.period.start:%b}" for month in months) if lines else (),
        lines=tuple(lines),
        money_text=lambda minor: money_short(Money(minor, currency)),
        goal=goal.amount_minor,
        goal_words=Words(f"{money_text(goal)} goal", f"{money_short(goal)} goal"),
        today=_mark(months, today),
    )


def _mark(months: Sequence[Month], today: date) -> Mark | None:
    """Where measuring stands: the last month with contacts, called today while they reach into this month."""
    measured = [number for number, month in enumerate(months) if month.realised_contacts is not None]
    present = [number for number, month in enumerate(months) if month.period.start == today.replace(day=1)]
    if measured and measured[-1:] != present:
        return Mark(measured[-1], Words("last contacts"))
    return Mark(present[0], Words("today")) if present else None


def _amounts(figures: list[Money | None]) -> tuple[float | None, ...]:
    return tuple(None if money is None else float(money.amount_minor) for money in figures)


def _behind(found: Savings) -> Money | None:
    """What all measured months together lie above or below their projection; none while nothing is measured."""
    known = [month.difference for month in found.months if month.difference is not None]
    return sum(known, Money(0, found.goal.money.currency)) if known else None


def _waiting(found: Savings, today: date) -> list[Line]:
    """The initiatives that this person may approve now."""
    mover = Mover(current_user.id, current_user.roles, today)
    return [
        line
        for line in found.lines
        if line.known.stage == "sizing" and not missing(line.known.standing, "approved", mover)
    ]
