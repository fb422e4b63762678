"""What the values of files mean: those that wait, with likely reasons, and those that have a meaning, to be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.reasons import actions, queries
from app.reasons.likely import likely
from app.reasons.queries import RawValue
from app.reasons.rules import Tree, name_key, split_path
from app.tagging import waiting
from app.tagging.waiting import WaitingValue
from app.values.errors import Refused
from app.values.figures import counted
from app.values.lines import one_line
from app.web import work
from app.web.access import allow
from app.web.everyone.reason_values import given
from app.web.fields import row_id
from app.web.lead.blueprint import pages

SHOWN_WAITING = 50
SHOWN_KNOWN = 200
LONGEST_QUERY = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that waits, and the reasons that it is most like."""

    value: WaitingValue
    likely: list[int]


@pages.get("/imports/reasons")
@allow("lead")
def import_reasons() -> ResponseReturnValue:
    """The values that wait, by volume, and those that have a meaning."""
    return _page()


@pages.post("/imports/reasons")
@allow("lead")
def import_reason_map() -> ResponseReturnValue:
    """Say what one value means, from a day on where it had a meaning, or that it is no reason."""
    raw_id = request.form.get("value", type=row_id)
    try:
        flash(_said(raw_id))
    except Refused as error:
        return _page(sentence=error.sentence, at_fault=raw_id)
    return redirect(url_for("lead.import_reasons", source=request.form.get("source") or None))


def _said(raw_id: int | None) -> str:
    """Do what was chosen; what to say of it."""
    if raw_id is None:
        raise Refused("Choose a value first. Nothing was changed.")
    valid_from = _day(request.form.get("valid_from", "").strip())
    if "none" in request.form:
        by, at = work.me(), work.now()
        work.write(lambda session: actions.map_raw(session, raw_id, None, by=by, at=at, valid_from=valid_from))
        return "It is no reason: its contacts are untagged, and wait in the inbox."
    return given(raw_id, _reason(queries.tree(work.reading())), valid_from)


def _reason(tree: Tree) -> int:
    """The reason whose path was written, or whose button was pressed."""
    pressed = request.form.get("reason", type=row_id)
    if pressed is not None:
        return pressed
    text = one_line(request.form.get("path", ""))
    wanted = tuple(map(name_key, split_path(text)))
    for node in tree.in_use():
        if tuple(map(name_key, tree.path(node.id))) == wanted:
            return node.id
    if not wanted:
        raise Refused("Write the reason that it means, or choose one that is likely. Nothing was changed.")
    raise Refused(f"There is no reason “{text[:200]}”. Choose one of the list, or add it first. Nothing was changed.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(f"“{text[:40]}” is no day. Write it like 2026-09-14. Nothing was changed.") from error


def _page(sentence: str = "", at_fault: int | None = None) -> ResponseReturnValue:
    db = work.reading()
    tree = queries.tree(db)
    paths = {node.id: tree.text(node.id) for node in tree.in_use()}
    values = waiting.values(db)
    source = one_line(request.values.get("source", ""))[:LONGEST_QUERY]
    words = one_line(request.args.get("query", ""))[:LONGEST_QUERY]
    known = queries.mapped_raw_values(db, source, words, SHOWN_KNOWN + 1)
    page = render_template(
        "lead/import_reasons.html",
        asked=[Asked(one, likely(one.raw.value, paths)) for one in values[:SHOWN_WAITING]],
        more=values[SHOWN_WAITING:],
        finding=_finding(values),
        contacts=sum(one.contacts for one in values),
        known=known[:SHOWN_KNOWN],
        is_cut=len(known) > SHOWN_KNOWN,
        changing=_changing(at_fault),
        meaning=_meaning(tree),
        paths=paths,
        tree=tree,
        following=waiting.following(db),
        sources=queries.sources_of_raw_values(db),
        source=source,
        query=words,
        today=work.today(),
        sentence=sentence,
    )
    return page, 422 if sentence else 200


def _changing(at_fault: int | None) -> RawValue | None:
    """The value whose meaning is being changed."""
    raw_id = request.args.get("value", type=row_id) or at_fault
    found = None if raw_id is None else queries.raw_value(work.reading(), raw_id)
    return None if found is None or (found.reason_id is None and not found.is_no_reason) else found


class _Meaning(dict[int | None, str]):
    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self._tree = tree

    def __missing__(self, reason_id: int | None) -> str:
        return "no reason" if reason_id is None else self._tree.text(reason_id)


def _meaning(tree: Tree) -> Mapping[int | None, str]:
    """What a reason is called, also one that is retired."""
    return _Meaning(tree)


def _finding(values: list[WaitingValue]) -> str:
    if not values:
        return "Every value of your files has a meaning."
    contacts = sum(one.contacts for one in values)
    wait = "waits" if len(values) == 1 else "wait"
    return f"{counted(len(values), 'value')} {wait} for a reason, with {counted(contacts, 'contact')}."
