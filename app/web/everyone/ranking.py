"""The ranking: which reasons bring the contacts, how far that can be trusted, what they cost, who owns them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import charts
from app.contacts import queries as contacts
from app.contacts.rules import CHANNEL_NAMES
from app.counting import queries as counting
from app.counting.rules import said_of_cut
from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.initiatives.rules import OPEN
from app.people import queries as people
from app.ranking import queries, rules
from app.ranking.rules import Ranked, Ranking
from app.reasons import queries as reasons
from app.reasons.rules import BETWEEN_LEVELS, LEVELS, Tree
from app.values import csv_text
from app.values.errors import Refused
from app.values.figures import SECONDS_A_MINUTE
from app.values.money import Money
from app.web import work
from app.web.access import EVERYBODY, SUPERVISORS, allow
from app.web.everyone import ranking_chart, ranking_question, ranking_skyline, ranking_words
from app.web.everyone.blueprint import pages
from app.web.everyone.ranking_question import Asked

CSV_COLUMNS = (
    "reason", "contacts", "share", "cumulative_share", "change", "minutes", "aht_seconds",
    "cost_a_year_minor", "currency", "owner", "initiatives",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One reason as the table shows it."""

    ranked: Ranked
    above: str
    change: float | None
    cost: Money | None
    unpriced: str | None
    owner: str | None
    initiatives: tuple[Known, ...]

    @property
    def minutes(self) -> float | None:
        """Handled minutes, where any handle time is known."""
        seconds = self.ranked.figures.known_seconds
        return None if seconds is None else seconds / SECONDS_A_MINUTE


@dataclass(frozen=True)
class Answer:
    """What was asked and what was found."""

    asked: Asked
    tree: Tree
    sources: list[contacts.SourceName]
    ranking: Ranking
    rows: list[Row]


@pages.get("/ranking")
@allow(*EVERYBODY)
def ranking() -> ResponseReturnValue:
    """The ranking of a period."""
    days = _days()
    if days is None:
        return render_template("everyone/ranking_empty.html")
    answer = _answer(days)
    found = rules.find(answer.ranking)
    asked, shown = answer.asked, answer.ranking
    drawn = ranking_chart.pareto(shown, found, _reason_link(asked), "#table")
    page = render_template(
        "everyone/ranking.html",
        asked=asked,
        ranking=shown,
        rows=answer.rows,
        finding=ranking_words.finding(shown, found),
        lede=ranking_words.lede(shown, found),
        first=found.rows[0] if found.rows else None,
        weeks_name=ranking_words.name(shown.question.period),
        length=ranking_words.length,
        change=ranking_words.change,
        chart=charts.pareto(drawn),
        is_cut=ranking_chart.is_cut(drawn),
        skyline=_skyline(answer, days),
        days=days,
        tree=answer.tree,
        parents=_parents(answer.tree),
        source_names=[(source.name, source.name) for source in answer.sources],
        channels=CHANNEL_NAMES,
        level_names=[(level, ("First", "Second", "Third")[level - 1]) for level in range(1, LEVELS + 1)],
        weeks=ranking_question.WEEKS,
        left_out=said_of_cut(queries.left_out(work.reading(), shown.question)),
        contacts_link=_contacts_link(answer),
        may_see_initiatives=SUPERVISORS,
    )
    return page, 422 if asked.wrong else 200


@pages.get("/ranking.csv")
@allow(*EVERYBODY)
def ranking_csv() -> ResponseReturnValue:
    """The table of the ranking as it was asked for."""
    days = _days()
    if days is None:
        raise Refused("Nothing was counted yet, so there is nothing to export. Take in a file first.")
    answer = _answer(days)
    if answer.asked.wrong:
        raise Refused(" ".join(answer.asked.wrong.values()))
    period = answer.ranking.question.period
    name = f"ranking-{period.start}-{period.end}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_lines(answer.rows), mimetype="text/csv", headers=headers)


def _days() -> tuple[date, date] | None:
    """The first and the last day that anything is known of; where all came by the week or the month, of that."""
    db = work.reading()
    return counting.finished_days(db, work.today()) or counting.first_and_last_day_of_longer_totals(db)


def _answer(days: tuple[date, date]) -> Answer:
    db = work.reading()
    tree = reasons.tree(db)
    sources = contacts.sources(db)
    asked = ranking_question.read(request.args, tree, sources, days)
    if asked.question.tree_of is not None:
        tree = reasons.tree(db, asked.question.tree_of)
    found = queries.ranking(db, asked.question, tree)
    owners = {one.id: one.name for one in people.all_departments(db)}
    started = _started(tree, [known for known in initiatives.initiatives(db) if known.stage in OPEN])
    rows = [
        Row(
            ranked=row,
            above=BETWEEN_LEVELS.join(row.path[:-1]),
            change=found.change_of(row),
            cost=found.yearly_cost_of(row.figures),
            unpriced=next(iter(sorted(row.figures.cost.unpriced)), None),
            owner=None if row.owner_id is None else owners.get(row.owner_id),
            initiatives=started(row.reason_id),
        )
        for row in found.rows
    ]
    return Answer(asked, tree, sources, found, rows)


def _skyline(answer: Answer, days: tuple[date, date]) -> list[ranking_skyline.Small]:
    question = answer.asked.question
    weeks = ranking_skyline.mondays(question.period, *days)
    if len(weeks) < ranking_skyline.SHOWN_WEEKS:
        return []
    weekly = queries.weekly(work.reading(), question, weeks, answer.tree)
    return ranking_skyline.small_charts(answer.ranking.rows, weekly, weeks)


def _started(tree: Tree, known: Sequence[Known]) -> Callable[[int], tuple[Known, ...]]:
    """Which initiatives are about a reason: about itself, one above it, or one below it."""
    return lambda reason_id: tuple(
        one for one in known if any(tree.are_on_one_line(reason_id, other) for other in one.plan.reason_ids)
    )


def _contacts_link(answer: Answer) -> Callable[..., str | None]:
    """Makes the address of the handled contacts behind a figure; none for those who may not see contacts."""
    question, tree = answer.asked.question, answer.tree
    if not current_user.may(*SUPERVISORS) or question.tree_of is not None:
        return lambda _reason=None: None
    scope: dict[str, Any] = {
        "from": str(question.period.start),
        "to": str(question.period.end),
        "kind": "handled",
    }
    if question.channel is not None:
        scope["channel"] = question.channel
    if question.source_id is not None:
        scope["source"] = answer.asked.typed["source"]

    def link(reason: int | str | None = None) -> str:
        fields = dict(scope)
        if reason is not None:
            fields["reason"] = reason
        if isinstance(reason, int) and _is_alone(tree, reason, question.level):
            fields["alone"] = 1
        return url_for("lead.contacts", **fields)

    return link


def _is_alone(tree: Tree, reason_id: int, level: int | None) -> bool:
    """Whether a row holds what was given to the reason itself, though others lie below it."""
    return bool(tree.children(reason_id)) and (level is None or tree.level(reason_id) < level)


def _reason_link(asked: Asked) -> Callable[[Ranked], str]:
    period = asked.question.period
    days: dict[str, Any] = {"from": str(period.start), "to": str(period.end)}
    return lambda row: url_for("everyone.reason", reason_id=row.reason_id, **days)


def _parents(tree: Tree) -> list[tuple[str, str]]:
    """The reasons that have others below them, to choose from."""
    return [(str(node.id), tree.text(node.id)) for node in tree.walk() if tree.children(node.id)]


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for row in rows:
        figures = row.ranked.figures
        yield csv_text.line(
            [
                BETWEEN_LEVELS.join(row.ranked.path),
                figures.contacts,
                row.ranked.share,
                row.ranked.cumulative_share,
                row.change,
                row.minutes,
                figures.average_seconds,
                None if row.cost is None else row.cost.amount_minor,
                None if row.cost is None else row.cost.currency,
                row.owner,
                " ".join(known.code for known in row.initiatives),
            ]
        )
