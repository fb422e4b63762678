"""What the reason picker offers and what was chosen with it."""

import uuid
from datetime import datetime, time

from flask import flash, request
from flask_login import current_user

from app.counting import queries as totals
from app.reasons.rules import Tree
from app.tagging import actions, queries, rules
from app.values.errors import Refused
from app.values.periods import ONE_DAY, Period
from app.web import work
from app.web.fields import row_id


def start_of_today() -> datetime:
    """The installation's last midnight."""
    return datetime.combine(work.today(), time(), work.settings().timezone)


def favourites(tree: Tree) -> list[int]:
    """Nine reasons: the ones that the person uses most, then those of everybody, then the busiest ones."""
    db, before = work.reading(), start_of_today()
    lists = [queries.most_used(db, before, by_id=current_user.id), queries.most_used(db, before), _busiest()]
    resolved = ([tree.resolve(reason) for reason in ranked if reason in tree.nodes] for ranked in lists)
    return rules.favourites(resolved, {node.id for node in tree.in_use()})


def given_reason() -> int:
    """The reason that was pressed, or else the one that was found by typing."""
    given = request.form.get("reason", type=row_id) or request.form.get("found", type=row_id)
    if given is None:
        raise Refused("No reason was chosen, so nothing was changed. Choose one from the list.")
    return given


def change_further(contact_id: uuid.UUID) -> None:
    """Add the chosen further reason, or take away the one whose button was pressed; say why where that is refused."""
    removed, by, at = request.form.get("remove", type=row_id), work.me(), work.now()
    try:
        if removed is None:
            added = given_reason()
            work.write(lambda session: actions.add_further(session, contact_id, added, by=by, at=at))
        else:
            work.write(lambda session: actions.remove_further(session, contact_id, removed, by=by, at=at))
    except Refused as error:
        flash(error.sentence)


def _busiest() -> list[int]:
    """The reasons of the last 28 days that have totals, by contacts."""
    days = totals.first_and_last_day(work.reading())
    if days is None:
        return []
    end = days[1] + ONE_DAY
    contacts: dict[int, int] = {}
    for row in totals.by_reason_and_channel(work.reading(), Period(end - rules.FAVOURITES_FROM, end)):
        contacts[row.reason_id] = contacts.get(row.reason_id, 0) + row.handled
    return sorted(contacts, key=lambda reason: (-contacts[reason], reason))
