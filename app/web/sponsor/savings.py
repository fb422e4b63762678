"""The savings page: the goal, the ladder to it, projected beside realised by month, and the initiatives by money."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import charts
from app.charts import Line as DrawnLine
from app.charts import Mark, SavingsByMonth, Words
from app.initiatives.queries import Known
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
from app.values import csv_text
from app.values.errors import Missing
from app.values.money import Money, money_short, money_text
from app.values.periods import Period, month_of
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.sponsor import savings_measured, savings_notes
from app.web.sponsor.blueprint import pages
from app.web.team.initiative_words import Judgement, judge

FIRST_YEAR, LAST_YEAR = 1980, 2199
CSV_COLUMNS = (
    "month", "from", "up_to_not_including", "projected_contacts", "realised_contacts", "projected_minor",
    "realised_minor", "difference_minor", "projected_a_year_minor", "realised_a_year_minor", "currency",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One initiative as the table shows it."""

    line: Line
    judgement: Judgement | None


@dataclass(frozen=True)
class Share:
    """What one initiative adds to a month."""

    known: Known
    month: Month


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
    months = way.reached(entry_queries.standing(db), [month.period for month in found.months], currency)
    return {
        "steps": [one for one in steps if one.is_sum or one.minor],
        "waterfall": charts.waterfall(savings_measured.waterfall(steps, currency)) if steps else "",
        "part_page": savings_measured.part_page,
        "months": list(zip(found.months, months, strict=True)),
        "chart": charts.savings_by_month(savings_measured.chart(found, months, today)),
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


@pages.get("/savings.csv")
@allow(*SUPERVISORS)
def savings_csv() -> ResponseReturnValue:
    """The months of the savings page."""
    found = queries.savings(work.reading(), work.settings().currency, work.today())
    headers = {"Content-Disposition": f'attachment; filename="savings-{work.today()}.csv"'}
    return Response(_csv(found), mimetype="text/csv", headers=headers)


@pages.get("/savings/months/<month>")
@allow(*SUPERVISORS)
def savings_month(month: str) -> ResponseReturnValue:
    """What each initiative adds to one month."""
    wanted, currency = _month(month), work.settings().currency
    found = queries.savings(work.reading(), currency, work.today())
    shown = next((one for one in found.months if one.period.start == wanted.start), None)
    if shown is None:
        message = f"{wanted.start:%B %Y} is not on the savings page, which begins with the first saving."
        raise Missing(message)
    shares = [_share(line, shown.period, currency) for line in found.lines]
    return render_template(
        "sponsor/savings_month.html",
        shown=shown,
        name=rules.month_name(shown.period),
        shares=[share for share in shares if share is not None],
        stages=STAGE_NAMES,
    )


def _month(text: str) -> Period:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text, re.ASCII)
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= 12:  # noqa: PLR2004
        return month_of(date(int(found[1]), int(found[2]), 1))
    message = f"“{text}” is no month. Write it like 2026-09."
    raise Missing(message)


def _share(line: Line, period: Period, currency: str) -> Share | None:
    projected, realised = line.projected_in(period), line.realised_in(period)
    if not (projected and projected[0]) and realised is None:
        return None
    month = rules.month(period, [projected] if projected else [], [realised] if realised else [], currency)
    return Share(line.known, month)


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


def _csv(found: Savings) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for month in found.months:
        money = (
            month.projected,
            month.realised,
            month.difference,
            month.year_of(month.projected),
            month.year_of(month.realised),
        )
        yield csv_text.line(
            (
                f"{month.period.start:%Y-%m}",
                month.period.start,
                month.period.end,
                month.projected_contacts,
                month.realised_contacts,
                *(None if one is None else one.amount_minor for one in money),
                found.goal.money.currency,
            )
        )
