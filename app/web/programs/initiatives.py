"""Initiatives: what was promised and what came of it."""

from flask import Response

from app.initiatives import projection
from app.initiatives.queries import Version
from app.ledger import queries
from app.ledger.queries import Line
from app.reasons import queries as reason_queries
from app.reasons.rules import Tree
from app.web import work
from app.web.programs import answers, asked
from app.web.programs.asked import AskedNothing
from app.web.programs.told import Initiatives, InitiativeTold, Money, Projection, Promise, Realised


def answer() -> Response:
    """All initiatives, those with the most money first."""
    asked.read(AskedNothing)
    session = work.reading()
    tree = reason_queries.tree(session)
    lines = queries.lines(session, work.today(), work.settings().fiscal_year_start)
    return answers.read(Initiatives(initiatives=[_told(line, tree) for line in lines]).model_dump_json())


def _told(line: Line, tree: Tree) -> InitiativeTold:
    known, booked = line.known, line.position
    measured = booked.measured if booked else None
    validated = booked.validated if booked else None
    return InitiativeTold(
        id=known.id,
        code=known.code,
        name=known.plan.name,
        stage=known.stage,
        owner=known.owner.name if known.owner else None,
        sponsor=known.sponsor.name if known.sponsor else None,
        reasons=sorted(tree.text(reason_id) for reason_id in known.plan.reason_ids),
        channels=sorted(known.plan.channels),
        due_on=known.plan.due_on,
        go_live_on=known.plan.go_live_on,
        projected=_projection(known.promised),
        forecast=_projection(known.forecast),
        realised=_realised(line),
        measured_a_year=Money.of(measured.money if measured else None),
        validated_a_year=Money.of(validated.money if validated else None),
    )


def _projection(version: Version | None) -> Projection | None:
    if version is None:
        return None
    figures = version.figures
    return Projection(
        version=version.number,
        frozen_at=version.frozen_at,
        payback_months=figures.likely.payback_months,
        low=_promise(figures.low),
        likely=_promise(figures.likely),
        high=_promise(figures.high),
    )


def _promise(figures: projection.Promise) -> Promise:
    return Promise(
        contacts_a_year=figures.contacts_year,
        saving_a_year=Money.of(figures.saving_year),
        net_a_year=Money.of(figures.net_year),
    )


def _realised(line: Line) -> Realised | None:
    measured = line.measured
    if measured is None:
        return None
    return Realised(
        is_indicative=True,
        start=measured.since.start,
        end=measured.since.end,
        avoided=measured.avoided,
        saving=Money.of(measured.saving),
        contacts_a_year=measured.contacts_year,
        saving_a_year=Money.of(measured.saving_year),
    )
