"""The ranking of a period, from daily totals."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.counting import queries as counting
from app.counting.rules import UNTAGGED, Longer
from app.ranking.rules import Question, Ranking, place_of, rank
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.money import Money
from app.values.periods import Period, week_of


def ranking(session: Session, question: Question, tree: Tree | None = None) -> Ranking:
    """Reasons in descending order; `tree` saves reading it where the caller has it already."""
    period = question.period
    before = period.before()
    book = costing.rates(session)
    totals = counting.by_reason_and_channel(
        session,
        Period(before.start, period.end),
        channels=None if question.channel is None else [question.channel],
        source_ids=None if question.source_id is None else [question.source_id],
        cuts=[period.start, *book.cuts],
    )
    days = counting.first_and_last_day(session)
    narrowed = _narrowed(question)
    for part in (before, period):
        totals += counting.by_whole_period(session, part, *narrowed)
    return rank(
        totals,
        tree or reasons.tree(session, question.tree_of),
        book,
        question,
        is_before_covered=days is not None
        and days[0] <= before.start
        and not counting.cut_totals(session, before, *narrowed),
    )


def left_out(session: Session, question: Question) -> list[Longer]:
    """Totals by the week or the month that a ranking leaves out, since its period takes only a part of them."""
    return counting.cut_totals(session, question.period, *_narrowed(question))


def _narrowed(question: Question) -> tuple[list[str] | None, list[int] | None]:
    """The channels and the sources that are asked for."""
    channel, source_id = question.channel, question.source_id
    return None if channel is None else [channel], None if source_id is None else [source_id]


def yearly_costs(session: Session, period: Period) -> dict[int, Money | None]:
    """What each reason costs a year, at the level of a period; None where no rate is set."""
    book = costing.rates(session)
    totals = counting.by_reason_and_channel(session, period, cuts=book.cuts)
    found = rank(totals, reasons.tree(session), book, Question(period), is_before_covered=False)
    return {row.reason_id: found.yearly_cost_of(row.figures) for row in found.rows}


def weekly(session: Session, question: Question, mondays: Sequence[date], tree: Tree) -> dict[int, list[int]]:
    """Handled contacts of each ranked reason in the ISO weeks that begin on these days, one after another."""
    wanted = counting.Filter(
        channels=None if question.channel is None else [question.channel],
        source_ids=None if question.source_id is None else [question.source_id],
    )
    weeks = {monday: number for number, monday in enumerate(mondays)}
    found: dict[int, list[int]] = {}
    period = Period(mondays[0], week_of(mondays[-1]).end)
    for monday, reason_id, handled in counting.handled_by_part(session, period, mondays, wanted):
        place = None if reason_id == UNTAGGED else place_of(tree, reason_id, question)
        if place is not None:
            found.setdefault(place, [0] * len(mondays))[weeks[monday]] += handled
    return found
