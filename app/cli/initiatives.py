"""flask initiatives: what was promised and what came of it."""

from typing import Any

import click

from app import clock
from app.cli import saying
from app.initiatives import queries as initiatives
from app.initiatives.queries import Version
from app.initiatives.rules import STAGE_NAMES
from app.ledger import queries
from app.ledger.queries import Line
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.figures import counted, period
from app.values.money import Money, money_text


@click.group("initiatives", help="List initiatives, or show one.")
def commands() -> None:
    """Group of the initiatives' commands."""


@commands.command("list", help="All initiatives, those with the most money first.")
@saying.json_option
@saying.plainly
def list_(*, as_json: bool) -> None:
    """Say how all initiatives stand."""
    with saying.database().reading() as session:
        tree = reasons.tree(session)
        lines = queries.lines(session, clock.today(saying.settings().timezone))
    if as_json:
        saying.answer({"initiatives": [_facts(line, tree) for line in lines]}, as_json=True)
        return
    for line in lines:
        click.echo(f"{line.known.code}  {STAGE_NAMES[line.known.stage]:<18}  {line.known.plan.name}")


@commands.command("show", help="One initiative by its number.")
@click.argument("initiative_id", metavar="ID", type=int)
@saying.json_option
@saying.plainly
def show(initiative_id: int, *, as_json: bool) -> None:
    """Say everything about one initiative."""
    with saying.database().reading() as session:
        tree = reasons.tree(session)
        line = queries.line(session, initiative_id, clock.today(saying.settings().timezone))
        history = initiatives.history(session, initiative_id)
    if not as_json:
        saying.answer(_plain(line, tree), as_json=False)
        return
    plan = line.known.plan
    saying.answer(
        {
            **_facts(line, tree),
            "description": plan.description,
            "touchpoint": plan.touchpoint,
            "members": [member.name for member in line.known.members],
            "due_on": plan.due_on,
            "announced_on": plan.announced_on,
            "go_live_on": plan.go_live_on,
            "full_go_live_on": plan.full_go_live_on,
            "history": [
                {"stage": step.stage, "at": step.at.isoformat(), "by": step.by, "note": step.note} for step in history
            ],
        },
        as_json=True,
    )


def _plain(line: Line, tree: Tree) -> dict[str, str]:
    known, projected, realised = line.known, line.projected, line.realised
    return {
        "initiative": f"{known.code} {known.plan.name}",
        "stage": STAGE_NAMES[known.stage],
        "owner": known.owner.name if known.owner else "nobody yet",
        "sponsor": known.sponsor.name if known.sponsor else "nobody yet",
        "reasons": "; ".join(sorted(tree.text(one) for one in known.plan.reason_ids)),
        "projected": _a_year(projected.contacts, projected.money) if projected else "nothing yet",
        "realised": f"{_a_year(realised.contacts, realised.money)}, indicative" if realised else "nothing yet",
        "measured": period(line.measured.since.start, line.measured.since.end) if line.measured else "not live",
    }


def _a_year(contacts: int, money: Money | None) -> str:
    return f"{counted(contacts, 'contact')}, {money_text(money) if money else 'no rate set'} a year"


def _facts(line: Line, tree: Tree) -> dict[str, Any]:
    known = line.known
    return {
        "id": known.id,
        "code": known.code,
        "name": known.plan.name,
        "stage": known.stage,
        "owner": known.owner.name if known.owner else None,
        "sponsor": known.sponsor.name if known.sponsor else None,
        "reasons": sorted(tree.text(reason_id) for reason_id in known.plan.reason_ids),
        "channels": sorted(known.plan.channels),
        "projected": _promise(known.promised),
        "forecast": _promise(known.forecast),
        "realised": _realised(line),
        "validated": None,
    }


def _promise(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    shares = {"low": version.figures.low, "likely": version.figures.likely, "high": version.figures.high}
    return {
        "version": version.number,
        "frozen_at": version.frozen_at.isoformat() if version.frozen_at else None,
        "frozen_by": version.frozen_by,
        "currency": version.terms.currency,
        "payback_months": version.figures.likely.payback_months,
        **{
            name: {
                "contacts_a_year": one.contacts_year,
                "saving_a_year_minor": _minor(one.saving_year),
                "net_a_year_minor": _minor(one.net_year),
            }
            for name, one in shares.items()
        },
    }


def _realised(line: Line) -> dict[str, Any] | None:
    measured = line.measured
    if measured is None:
        return None
    whole = measured.figures.whole
    return {
        "is_indicative": True,
        "start": measured.since.start,
        "end": measured.since.end,
        "days_used": measured.figures.days_used,
        "days_dropped": measured.figures.days_dropped,
        "observed": whole.observed if whole else None,
        "expected": round(float(whole.expected), 2) if whole else None,
        "avoided": measured.avoided,
        "saving_minor": _minor(measured.saving),
        "contacts_a_year": measured.contacts_year,
        "saving_a_year_minor": _minor(measured.saving_year),
        "currency": measured.currency or None,
    }


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.amount_minor
