"""The ledger on a page and as CSV: every entry, what it comes to, and one entry with all that is frozen in it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import TextAreaField
from wtforms.validators import Length

from app.initiatives import queries as initiatives
from app.ledger import actions, claim_queries, entry_queries, export, queries, signing
from app.ledger.entries import REALISED, VALIDATED
from app.ledger.entry_queries import Wanted
from app.ledger.rules import CAPACITY, COLUMNS, KINDS, SIGNED_LEVELS
from app.ledger.signing import LONGEST_NOTE, Signer
from app.values import csv_text
from app.values.errors import Refused
from app.values.periods import next_month
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import row_id
from app.web.forms import Form
from app.web.sponsor.blueprint import pages
from app.web.sponsor.months import made_from, month_from_text

ROWS_A_PAGE = 50
LEVEL_KINDS = {"measured": REALISED, "validated": VALIDATED}


class ReverseForm(Form):
    """Why an amount is taken back."""

    note = TextAreaField("Why it is taken back", [Length(max=LONGEST_NOTE)])


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address; both months are included."""

    initiative: str = ""
    first: str = ""
    last: str = ""
    kind: str = ""
    column: str = ""
    level: str = ""

    def wanted(self) -> Wanted:
        """The filters in the ledger's own terms; raises Refused for what is none."""
        first, last = month_from_text(self.first), month_from_text(self.last)
        if first and last and last < first:
            raise Refused("The last month lies before the first. Choose a later one.")
        for text, known in ((self.kind, KINDS), (self.column, COLUMNS), (self.level, SIGNED_LEVELS)):
            if text and text not in known:
                raise Refused(f"“{text}” is nothing that the ledger knows. Choose from the list.")
        initiative_id = row_id(self.initiative) if self.initiative else None
        if self.initiative and initiative_id is None:
            raise Refused(f"“{self.initiative}” is no initiative. Choose from the list.")
        wanted = Wanted(
            initiative_id=initiative_id,
            start=first,
            end=next_month(last) if last else None,
            kind=self.kind,
            column=self.column,
        )
        return _on_level(wanted, self.level) if self.level else wanted

    def in_address(self) -> dict[str, str]:
        """What is asked for, as it stands in the address."""
        return {name: value for name, value in asdict(self).items() if value}


@pages.get("/ledger")
@allow(*SUPERVISORS)
def ledger() -> ResponseReturnValue:
    """The newest entries, or those before a number."""
    asked = _asked()
    try:
        wanted, sentence = asked.wanted(), ""
    except Refused as error:
        wanted, sentence = Wanted(), error.sentence
    before, db = row_id(request.args.get("before", "")), work.reading()
    found = entry_queries.page(db, wanted, before=before, limit=ROWS_A_PAGE + 1)
    shown = found[:ROWS_A_PAGE]
    return render_template(
        "sponsor/ledger.html",
        asked=asked,
        sentence=sentence,
        entries=shown,
        older=shown[-1].number if len(found) > ROWS_A_PAGE else None,
        is_first_page=before is None,
        sums=entry_queries.sums(db, wanted),
        known={one.id: one for one in initiatives.initiatives(db)},
        kinds=KINDS,
        columns=COLUMNS,
        levels=SIGNED_LEVELS,
    ), 422 if sentence else 200


@pages.get("/ledger.csv")
@allow(*SUPERVISORS)
def ledger_csv() -> ResponseReturnValue:
    """Every entry that the filters of the page let through."""
    body = stream_with_context(_lines(_asked().wanted()))
    headers = {"Content-Disposition": f'attachment; filename="ledger-{work.today()}.csv"'}
    return Response(body, mimetype="text/csv", headers=headers)


@pages.get("/ledger/<int:number>")
@allow(*SUPERVISORS)
def ledger_entry(number: int) -> ResponseReturnValue:
    """One entry with all that is frozen in it."""
    return _entry_page(number, ReverseForm(formdata=None))


@pages.post("/ledger/<int:number>/reverse")
@allow("finance")
def ledger_reverse(number: int) -> ResponseReturnValue:
    """Take an amount back; the entry stays, and its reversal stands beside it."""
    form = ReverseForm()
    if not form.validate_on_submit():
        return _entry_page(number, form), 422
    note = form.note.data or ""
    try:
        work.write(lambda session: actions.reverse(session, number, note, by=work.me(), at=work.now()))
    except Refused as error:
        form.form_errors.append(error.sentence)
        return _entry_page(number, form), 422
    flash("The amount is taken back. The month is booked anew by the next month-end run.")
    return redirect(url_for("sponsor.ledger_entry", number=number))


def _entry_page(number: int, form: ReverseForm) -> str:
    db = work.reading()
    entry = entry_queries.entry(db, number)
    known = initiatives.initiative(db, entry.facts.initiative_id)
    related = entry_queries.related(db, number)
    is_reversed = any(one.reverses == number for one in related)
    may_be = entry.facts.kind in {REALISED, VALIDATED} and entry.reverses is None and not is_reversed
    signer = Signer(current_user.id, current_user.roles)
    return render_template(
        "sponsor/ledger_entry.html",
        entry=entry,
        facts=export.facts(entry),
        known=known,
        related=related,
        is_reversed=is_reversed,
        made_from=made_from(entry),
        form=form,
        refusal=signing.refusal(signer, claim_queries.hands_of(known)),
        may_reverse=may_be and "finance" in current_user.roles,
    )


def _on_level(wanted: Wanted, level: str) -> Wanted:
    """The entries that stand behind one level of the ladder."""
    those = queries.reached(work.reading(), level, work.today())
    kind = LEVEL_KINDS.get(level, "projected")
    if wanted.kind not in {"", kind} or wanted.column not in {"", CAPACITY}:
        those = frozenset()
    return replace(wanted, initiative_ids=those, kind=kind, column=CAPACITY, only_standing=True)


def _lines(wanted: Wanted) -> Iterator[str]:
    yield csv_text.line(export.COLUMNS)
    for entry in entry_queries.every(work.reading(), wanted):
        yield csv_text.line(export.facts(entry).values())


def _asked() -> Asked:
    names = ("initiative", "first", "last", "kind", "column", "level")
    return Asked(**{name: request.args.get(name, "").strip() for name in names})
