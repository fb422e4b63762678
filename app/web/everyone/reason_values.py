"""Saying which reason a file's value means: the contacts that wait for it are tagged at once."""

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
    """Give a value its meaning, tag what waited in short transactions, then count the days again."""
    raw_id, reason_id = request.form.get("value", type=row_id), request.form.get("reason", type=row_id)
    if raw_id is None or reason_id is None:
        raise Refused("Choose a value and the reason that it means. Nothing was changed.")
    by, at = work.me(), work.now()

    def give_meaning(session: Session) -> str:
        tree = queries.tree(session)
        actions.map_raw(session, raw_id, tree.resolve(reason_id), by=by, at=at)
        return tree.text(reason_id)

    path = work.write(give_meaning)
    tagged = 0
    while some := work.write(lambda session: waiting.tag_some(session, raw_id, by=by, at=at)):
        tagged += some
    in_totals = work.write(lambda session: total_imports.follow(session, raw_id))
    # Once, behind the last of them: each thousand reaches into nearly every day.
    count_everything(work.database())
    flash(f"It means “{path}” from now on, and {counted(tagged + in_totals, 'contact')} that waited carry it.")
    return redirect(url_for("everyone.reasons"))
