"""The list of initiatives, largest first, and its CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.initiatives.rules import STAGE_NAMES
from app.ledger import queries
from app.ledger.queries import Line
from app.ledger.rules import LEVELS, Yearly, has_reached
from app.people.queries import Person
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values import csv_text
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import row_id
from app.web.team import initiative_words as words
from app.web.team.blueprint import pages
from app.web.team.initiative_words import Judgement

FILTERS = ("level", "stage", "owner", "reason")
CSV_COLUMNS = (
    "initiative", "name", "stage", "owner", "department", "reasons", "channels", "projected_contacts_a_year",
    "projected_a_year_minor", "realised_contacts_a_year", "realised_a_year_minor", "currency", "go_live_on", "due_on",
    "state", "state_detail",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One initiative as the list shows it."""

    line: Line
    judgement: Judgement | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """What was asked for and what was found; `of` counts all that there are."""

    typed: Mapping[str, str]
    rows: list[Row]
    of: int
    owners: list[Person]
    tree: Tree
    reason_ids: list[int]

    def total(self, name: str) -> Yearly | None:
        """What all rows stand for a year, `projected` or `realised`; the money is that of the ones with a rate."""
        figures = [getattr(row.line, name) for row in self.rows if row.line.known.stage != "dropped"]
        known = [figure for figure in figures if figure is not None]
        amounts = [figure.money for figure in known if figure.money is not None]
        money = sum(amounts[1:], amounts[0]) if amounts else None
        return Yearly(sum(figure.contacts for figure in known), money) if known else None

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows the projected total is made without, by the reason for it."""
        total = self.total("projected")
        lines = [row.line for row in self.rows]
        kept = [line for line in lines if line.known.stage != "dropped"]
        found = {
            "not projected yet": sum(line.projected is None for line in kept),
            "without a rate": sum(line.projected is not None and line.projected.money is None for line in kept),
            "dropped": len(lines) - len(kept),
        }
        if total is None or total.money is None:
            del found["without a rate"]
        return {why: how_many for why, how_many in found.items() if how_many}


@pages.get("/initiatives")
@allow(*SUPERVISORS)
def initiatives() -> ResponseReturnValue:
    """Every initiative by the money that it stands for."""
    return render_template("team/initiatives.html", listed=_listed(), stages=STAGE_NAMES, levels=LEVELS)


@pages.get("/initiatives.csv")
@allow(*SUPERVISORS)
def initiatives_csv() -> ResponseReturnValue:
    """The rows of the list as they are filtered there."""
    headers = {"Content-Disposition": f'attachment; filename="initiatives-{work.today()}.csv"'}
    return Response(_csv(_listed()), mimetype="text/csv", headers=headers)


def _listed() -> Listed:
    db = work.reading()
    tree = reasons.tree(db)
    typed = {name: text for name in FILTERS if (text := request.args.get(name, "").strip())}
    lines = queries.lines(db, work.today())
    shown = [line for line in lines if _is_asked_for(line, typed, tree)]
    timezone = work.settings().timezone
    owners = {line.known.owner.id: line.known.owner for line in lines if line.known.owner}
    return Listed(
        typed=typed,
        rows=[Row(line, words.judge(line, work.today(), timezone), _paths(line, tree)) for line in shown],
        of=len(lines),
        owners=sorted(owners.values(), key=lambda owner: owner.name),
        tree=tree,
        reason_ids=sorted({one for line in lines for one in line.known.plan.reason_ids}, key=tree.text),
    )


def _is_asked_for(line: Line, typed: Mapping[str, str], tree: Tree) -> bool:
    known = line.known
    if "level" in typed and not has_reached(line.entry, typed["level"]):
        return False
    if "reason" in typed:
        reason_id = row_id(typed["reason"])
        wanted = tree.below(reason_id) if reason_id is not None and reason_id in tree.nodes else frozenset()
        if wanted.isdisjoint(known.plan.reason_ids):
            return False
    owner = str(known.plan.owner_id or "")
    return typed.get("stage", known.stage) == known.stage and typed.get("owner", owner) == owner


def _paths(line: Line, tree: Tree) -> tuple[str, ...]:
    return tuple(sorted(tree.text(one) for one in line.known.plan.reason_ids))


def _csv(listed: Listed) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for row in listed.rows:
        known, projected, realised = row.line.known, row.line.projected, row.line.realised
        money = [figure.money if figure else None for figure in (projected, realised)]
        yield csv_text.line(
            (
                known.code,
                known.plan.name,
                STAGE_NAMES[known.stage],
                known.owner.name if known.owner else None,
                known.owner.department if known.owner else None,
                "; ".join(row.reasons),
                "; ".join(sorted(known.plan.channels)) or "all",
                projected.contacts if projected else None,
                money[0].amount_minor if money[0] else None,
                realised.contacts if realised else None,
                money[1].amount_minor if money[1] else None,
                known.promised.terms.currency if known.promised else None,
                known.plan.go_live_on,
                known.plan.due_on,
                row.judgement.words if row.judgement else None,
                row.judgement.detail if row.judgement else None,
            )
        )
