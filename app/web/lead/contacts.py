"""The list of contacts, its CSV, and one contact with everything that is known of it."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.contacts import export, headline, listing, queries
from app.contacts.listing import ContactRow, Filter
from app.contacts.privacy import queries as privacy
from app.contacts.rules import CHANNEL_NAMES, FIELDS
from app.counting import everything
from app.counting import queries as totals
from app.counting.rules import UNTAGGED
from app.reasons import queries as reasons
from app.reporting import contacts_workbook
from app.tagging import actions
from app.values import csv_text
from app.values.errors import Missing, Refused
from app.values.figures import counted, number
from app.values.periods import ONE_DAY, Period
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import row_id
from app.web.lead import contacts_filter, picker
from app.web.lead.blueprint import pages
from app.web.lead.contacts_filter import Asked

MOST_IN_WORKBOOK = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/contacts")
@allow(*SUPERVISORS)
def contacts() -> ResponseReturnValue:
    """Contacts, filtered, newest first."""
    db = work.reading()
    tree = reasons.tree(db)
    asked = contacts_filter.read(request.args, tree)
    after, before = (contacts_filter.place(request.args.get(name)) for name in ("after", "before"))
    is_back = after is None and before is not None
    rows, has_more = _page(asked, after or before, backwards=is_back)
    has_newer, has_older = (has_more, True) if is_back else (after is not None, has_more)
    is_whole = not (has_more or after or before)
    count, is_exact = (len(rows), True) if is_whole else _count(asked.chosen)
    page = render_template(
        "lead/contacts.html",
        asked=asked,
        rows=rows,
        count=count if is_exact else listing.COUNTED_AT_MOST,
        is_exact=is_exact,
        newer=contacts_filter.place_text(rows[0].place) if rows and has_newer else None,
        older=contacts_filter.place_text(rows[-1].place) if rows and has_older else None,
        tree=tree,
        channels=CHANNEL_NAMES,
        kinds=contacts_filter.KIND_NAMES,
        sources=[(source.name, source.name) for source in queries.sources(db)],
        headline=headline.headline,
        has_workbook=count <= MOST_IN_WORKBOOK,
    )
    return page, 422 if asked.wrong else 200


@pages.get("/contacts.csv")
@allow(*SUPERVISORS)
def contacts_csv() -> ResponseReturnValue:
    """The rows of the list as they are filtered there, all of them, with their number in the name of the file."""
    left = ExitStack()
    rows, count = _all_rows(left)

    def written() -> Iterator[str]:
        with left:
            yield export.header()
            yield from map(csv_text.line, rows)

    headers = {"Content-Disposition": f'attachment; filename="{_file_name(count)}.csv"'}
    answer = Response(written(), mimetype="text/csv", headers=headers)
    answer.call_on_close(left.close)  # also for who goes away before the first line
    return answer


@pages.get("/contacts.xlsx")
@allow(*SUPERVISORS)
def contacts_xlsx() -> ResponseReturnValue:
    """The same rows as a workbook, with their number on its last sheet; very many are left to CSV and the command."""
    with ExitStack() as left:
        rows, count = _all_rows(left)
        if count > MOST_IN_WORKBOOK:
            raise Refused(
                f"{counted(count, 'row')} make a workbook that takes minutes, and {number(MOST_IN_WORKBOOK)} is the "
                "most here. Take the CSV, ask for fewer rows, or have it written on the server: flask contacts export."
            )
        path = Path(left.enter_context(TemporaryDirectory())) / "contacts.xlsx"
        settings, asked = work.settings(), ", ".join(f"{name} {text}" for name, text in _asked().typed.items())
        about = {
            "Written": work.now().astimezone(settings.timezone).strftime("%Y-%m-%d %H:%M"),
            "Time zone": settings.timezone.key,
            "Asked for": asked or "all contacts",
        }
        contacts_workbook.write(path, export.HEADERS, rows, about, work.now())
        file = path.open("rb")  # outlives its name, and is gone once it was sent
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{_file_name(count)}.xlsx")


def _asked() -> Asked:
    """The filter of the address; raises Refused where it cannot be used."""
    asked = contacts_filter.read(request.args, reasons.tree(work.reading()))
    if asked.wrong:
        raise Refused(" ".join(asked.wrong.values()))
    return asked


def _all_rows(left: ExitStack) -> tuple[Iterator[list[export.Cell]], int]:
    """All rows that were asked for and their number, of one moment; `left` is closed when they were written."""
    chosen = _asked().chosen
    session = left.enter_context(work.database().reading())
    export.stand_still(session)
    count = listing.counted(session, chosen, most=listing.ALL)
    reading = export.Reading(reasons.tree(session), work.settings().timezone)
    return export.rows(session, chosen, reading), count


def _file_name(count: int) -> str:
    return f"contacts-{work.today()}-{count}-{'row' if count == 1 else 'rows'}"


@pages.get("/contacts/<uuid:contact_id>")
@allow(*SUPERVISORS)
def contact(contact_id: uuid.UUID) -> ResponseReturnValue:
    """One contact."""
    db = work.reading()
    row = listing.one(db, contact_id)
    if row is None:
        raise Missing(
            "This contact is gone. The import that brought it may have been undone, or it was older than contacts are "
            "kept."
        )
    tree = reasons.tree(db)
    return render_template(
        "lead/contact.html",
        contact=row,
        title=headline.headline(row.note, row.channel, row.handle_seconds, row.queue),
        paragraphs=headline.paragraphs(row.note),
        further=listing.further_reasons(db, [contact_id]).get(contact_id, []),
        history=listing.history(db, contact_id),
        shown={name: words for name, words in FIELDS.items() if name != "attributes"},
        tree=tree,
    )


@pages.post("/contacts/<uuid:contact_id>/reason")
@allow("lead")
def contact_reason(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Give a contact another main reason than the one that the page showed."""
    seen = request.form.get("instead_of", type=row_id)
    try:
        given = picker.given_reason()
        work.write_and_count(
            lambda db: actions.tag(db, contact_id, given, by=work.me(), at=work.now(), instead_of=seen)
        )
        flash("The reason is given. What it was before stands in the history.")
    except Refused as error:
        flash(error.sentence)
    return redirect(url_for("lead.contact", contact_id=contact_id))


@pages.post("/contacts/<uuid:contact_id>/further")
@allow("lead")
def contact_further(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Add a further reason, or take one away."""
    picker.change_further(contact_id)
    return redirect(url_for("lead.contact", contact_id=contact_id))


def _page(asked: Asked, place: listing.Place | None, *, backwards: bool) -> tuple[list[ContactRow], bool]:
    """The rows of one page, and whether more follow in the direction that was taken."""
    if asked.wrong:
        return [], False
    length = listing.PAGE_LENGTH
    rows = listing.page(work.reading(), asked.chosen, place, backwards=backwards, limit=length + 1)
    has_more = len(rows) > length
    if backwards:
        return rows[-length:], has_more
    return rows[:length], has_more


def _count(chosen: Filter) -> tuple[int, bool]:
    """How many contacts the filter finds, and whether that is exact: read up to a limit where totals cannot say."""
    db = work.reading()
    if chosen.reads_rows or everything.marks(db) or totals.has_figures_by_day(db):
        found = listing.counted(db, chosen, most=listing.COUNTED_AT_MOST)
        return found, found <= listing.COUNTED_AT_MOST
    days = totals.first_and_last_day(db)
    if days is None:
        return 0, True
    # Days from before contacts are kept have totals and no rows.
    start = max(chosen.start or days[0], privacy.dropped_before(db) or days[0])
    end = chosen.end or days[1] + ONE_DAY
    if end <= start:
        return 0, True
    wanted = totals.Filter(
        reason_ids=[UNTAGGED] if chosen.is_untagged else chosen.reason_ids,
        channels=None if chosen.channel is None else [chosen.channel],
        source_ids=None if chosen.source_id is None else [chosen.source_id],
    )
    kinds = [chosen.kind] if chosen.kind else listing.KINDS
    by_day = totals.by_day(db, Period(start, end), wanted).values()
    return sum(getattr(total, kind) for total in by_day for kind in kinds), True
