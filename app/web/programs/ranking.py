"""The ranking of a period."""

from typing import Any

from flask import Response

from app.counting.rules import said_of_cut
from app.ranking import export, queries
from app.ranking.rules import Question
from app.values.errors import Refused
from app.web import work
from app.web.programs import answers, asked, contacts
from app.web.programs.asked import AskedRanking
from app.web.programs.told import Money, Ranking


def answer() -> Response:
    """Which reasons bring the contacts."""
    given = asked.read(AskedRanking)
    session = work.reading()
    question = Question(
        period=asked.period(given.start, given.end),
        by=given.by,
        level=given.level,
        channel=given.channel,
        source_id=contacts.source_id(session, given.source),
        tree_of=given.tree_of,
    )
    if sentence := said_of_cut(queries.left_out(session, question)):
        raise Refused(sentence)
    facts = export.facts(queries.ranking(session, question))
    facts["reasons"] = [_with_money(reason) for reason in facts["reasons"]]
    return answers.read(Ranking.model_validate(facts).model_dump_json())


def _with_money(reason: dict[str, Any]) -> dict[str, Any]:
    minor, currency = reason.pop("cost_minor"), reason.pop("currency")
    return {**reason, "cost": Money.minor(minor, currency or "")}
