"""The ranking of a period, from daily totals."""

from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.counting import queries as counting
from app.ranking.rules import Question, Ranking, rank
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.periods import Period


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
    return rank(
        totals,
        tree or reasons.tree(session, question.tree_of),
        book,
        question,
        is_before_covered=days is not None and days[0] <= before.start,
    )
