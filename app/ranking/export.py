"""A ranking as plain facts, for JSON and CSV."""

from typing import Any

from app.ranking.rules import Ranked, Ranking
from app.reasons.rules import BETWEEN_LEVELS

COLUMNS = (
    "path",
    "contacts",
    "share",
    "cumulative_share",
    "handle_seconds",
    "cost_minor",
    "currency",
    "per_100_driver",
    "repeat_share",
)


def facts(ranking: Ranking) -> dict[str, Any]:
    """The ranking under the names of the public interface; what is unknown is None."""
    question = ranking.question
    return {
        "start": question.period.start,
        "end": question.period.end,
        "by": question.by,
        "level": question.level,
        "contacts": ranking.contacts,
        "tagged": ranking.tagged,
        "coverage": ranking.coverage,
        "other_share": ranking.other_share,
        "reasons": [reason(ranking, row) for row in ranking.rows],
    }


def reason(ranking: Ranking, row: Ranked) -> dict[str, Any]:
    """One reason; drivers and repeat contacts are not followed yet, so their figures are unknown."""
    cost = ranking.cost_of(row.figures)
    return {
        "reason": row.name,
        "reason_id": row.reason_id,
        "path": BETWEEN_LEVELS.join(row.path),
        "contacts": row.contacts,
        "share": row.share,
        "cumulative_share": row.cumulative_share,
        "handle_seconds": row.figures.known_seconds,
        "cost_minor": None if cost is None else cost.amount_minor,
        "currency": None if cost is None else cost.currency,
        "per_100_driver": None,
        "repeat_share": None,
    }
