"""The calculation of an initiative and month: from the contacts to what finance signed, each figure with its source."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import charts
from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.ledger import calculations, signing
from app.ledger.calculations import Calculation
from app.ledger.claim_queries import hands_of
from app.ledger.signing import Signer
from app.measurement import kept_series, placebo_runs, plan_queries, plans, register
from app.measurement import queries as measurement
from app.measurement.kept_series import Spell
from app.measurement.plan_queries import Measured
from app.reasons import queries as reasons
from app.reporting.excluded import counts, excluded
from app.values import csv_text
from app.values.errors import Missing
from app.values.periods import next_month
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.sponsor import calculation_chart, calculation_words, sources
from app.web.sponsor.blueprint import pages

EVERY = {"day": "Days", "week": "Weeks", "month": "Months"}
FIRST_YEAR, LAST_YEAR, MONTHS_A_YEAR = 1980, 2199, 12
CSV_COLUMNS = ("from", "up_to_not_including", "observed", "expected", "low", "high", "fewer")


@pages.get("/savings/<int:initiative_id>/<month>")
@allow(*SUPERVISORS)
def calculation(initiative_id: int, month: str) -> ResponseReturnValue:
    """The last look at the month-end, or with `look` an earlier one."""
    return _page(asked(initiative_id, month))


@pages.get("/savings/<int:initiative_id>/<month>.csv")
@allow(*SUPERVISORS)
def calculation_csv(initiative_id: int, month: str) -> ResponseReturnValue:
    """The days, weeks or months behind the chart."""
    found = asked(initiative_id, month)
    every = _every(found)
    name = f"{found.known.code}-{found.look.month:%Y-%m}-{every}s.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_csv(kept_series.spells(found.look.figures, every)), mimetype="text/csv", headers=headers)


def asked(initiative_id: int, month: str) -> Calculation:
    """The calculation that the address names; raises Missing."""
    return calculations.calculation(work.reading(), initiative_id, month_named(month), look_asked())


def look_asked() -> int | None:
    """The look that the address names, none for the last; raises Missing for what is no number."""
    look = request.args.get("look", "")
    if look and not (look.isascii() and look.isdecimal() and len(look) < len("10000")):
        raise Missing(f"“{look}” is no look. Looks are counted from 1 on.")
    return int(look) if look else None


def month_named(text: str) -> date:
    """The first day of a month like 2026-10; raises Missing."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= MONTHS_A_YEAR:
        return date(int(found[1]), int(found[2]), 1)
    raise Missing(f"“{text}” is no month. Write it like 2026-09.")


def _page(found: Calculation) -> str:
    db = work.reading()
    tree = reasons.tree(db)
    overlaps = measurement.overlaps(db, initiatives.initiatives(db)).get(found.known.id, ())
    every = _every(found)
    figures, terms = found.look.figures, found.plan.terms
    spells = kept_series.spells(figures, every)
    earlier = kept_series.earlier(db, terms, figures)
    changes = register.touching(db, terms)
    left_out = excluded(found, changes)
    rows = calculation_words.rows(found, sources.of_steps(found, tree, overlaps))
    return render_template(
        "sponsor/calculation.html",
        found=found,
        known=found.known,
        look=found.look,
        figures=figures,
        terms=terms,
        finding=calculation_words.finding(found),
        state_kind=calculation_words.state_kind(found.look.state),
        state_clause=calculation_words.STATE_CLAUSES[found.look.state],
        chart=charts.observed_expected(calculation_chart.contacts(found, spells, every, earlier, left_out)),
        spells=spells,
        every=every,
        every_names={name: EVERY[name] for name in kept_series.grains(figures)},
        rows=rows,
        waterfall=charts.waterfall(
            calculation_chart.waterfall("steps", "From headline claim to what may be booked", rows)
        ),
        gap=_gap(figures),
        shares=_shares(db, found, overlaps),
        reliability=placebo_runs.last(db),
        changes=changes,
        excluded=left_out,
        excluded_days=counts(left_out),
        register_row=sources.register_row,
        contacts=sources.contacts_of(found, tree),
        plan_page=sources.plan_page(found),
        baseline=calculation_words.baseline(figures),
        rates_hash=plans.fingerprint({"rates": [dict(rate) for rate in terms.rates]}),
        month_name=calculation_words.month_name,
        **_may(found),
    )


def _shares(db: Session, found: Calculation, overlaps: Sequence[Known]) -> list[tuple[Known, Measured]]:
    """Everybody's part of one measured total, at the same month-end; nothing where it is not shared (O3)."""
    if found.look.figures["share"] == 1:
        return []
    latest = plan_queries.latest(db, next_month(found.look.month))
    others = {one.id: (one, latest[one.id]) for one in overlaps if one.id in latest}
    shares = {found.known.id: (found.known, found.look), **others}
    return [shares[one] for one in sorted(shares) if shares[one][1].month == found.look.month]


def _may(found: Calculation) -> dict[str, Any]:
    """What keeps this person from claiming the month's amount or from deciding about it; None where nothing does."""
    me = Signer(current_user.id, current_user.roles)
    hands = found.claimed.hands if found.claimed else hands_of(found.known)
    amount = found.realised.facts.amount if found.realised else found.money(0)
    return {
        "claim_refusal": signing.claim_refusal(me, hands, amount),
        "decide_refusal": signing.refusal(me, hands),
        "is_finance": "finance" in current_user.roles,
    }


def _every(found: Calculation) -> str:
    chosen = request.args.get("every", "")
    return chosen if chosen in kept_series.grains(found.look.figures) else calculation_chart.usual_grain(found)


def _gap(figures: Any) -> float | None:  # noqa: ANN401  (plain JSON)
    """How far the two methods lie apart, as a share of what was expected."""
    compared: float | None = figures["last_year"]["relative"]
    return None if compared is None else float(figures["relative"]) - compared


def _csv(spells: Sequence[Spell]) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for one in spells:
        figures = (one.observed, one.expected, one.low, one.high, one.avoided)
        told = (None if figure is None else f"{figure:.4f}" for figure in figures)
        yield csv_text.line((one.period.start, one.period.end, *told))
