"""Saying which reason a file's value means: the contacts that wait for it follow, through the worker."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.counting import total_imports
from app.counting.everything import count_everything
from app.reasons import actions, queries
from app.tagging import waiting
from app.values.errors import Refused
from app.values.figures import counted
from app.web import work
from app.web.access import allow
from app.web.everyone.blueprint import pages
from app.web.everyone.reasons import CHANGERS
from app.web.fields import row_id


@pages.post("/reasons/values")
@allow(*CHANGERS)
def reason_value_map() -> ResponseReturnValue:
    """Give a value its meaning and have what waited tagged; killed between, the worker goes on by itself."""
    raw_id, reason_id = request.form.get("value", type=row_id), request.form.get("reason", type=row_id)
    if raw_id is None or reason_id is None:
        raise Refused("Choose a value and the reason that it means. Nothing was changed.")
    flash(given(raw_id, reason_id))
    return redirect(url_for("everyone.reasons"))


def given(raw_id: int, reason_id: int, valid_from: date | None = None) -> str:
    """Give a value its meaning, and have what waited follow; what to say of it."""
    by, at = work.me(), work.now()

    def give_meaning(session: Session) -> str:
        tree = queries.tree(session)
        actions.map_raw(session, raw_id, tree.resolve(reason_id), by=by, at=at, valid_from=valid_from)
        return tree.text(reason_id)

    path = work.write(give_meaning)
    waited = _left(raw_id)
    if waited:
        work.jobs().tag_waiting(raw_id, by)
    in_totals = work.write(lambda session: total_imports.follow(session, raw_id))
    if in_totals:
        count_everything(work.database())
    said = "follow; how far they are stands here." if waited and _left(raw_id) else "carry it."
    return f"It means “{path}” from now on, and {counted(waited + in_totals, 'contact')} that waited {said}"


def _left(raw_id: int) -> int:
    """How many contacts are still to carry the meaning of a value."""
    with work.database().reading() as session:
        return sum(one.contacts for one in waiting.following(session) if one.raw_id == raw_id)
