"""The inbox: one untagged contact at a time, with the picker beside it."""

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from app.contacts import headline, listing
from app.contacts.listing import ContactRow, Filter
from app.contacts.rules import CHANNELS
from app.counting import queries as totals
from app.reasons import queries as reasons
from app.tagging import actions, inbox, queries
from app.tagging.inbox import OtherContact, Waiting
from app.tagging.rules import UNDO_WITHIN, Repeat, waited
from app.values.errors import Missing, Refused, Stale
from app.web import work
from app.web.access import allow
from app.web.lead import picker
from app.web.lead.blueprint import pages


@dataclass(frozen=True, slots=True)
class Letter:
    """The contact that is open, with what else is known of its customer."""

    contact: ContactRow
    title: str
    paragraphs: list[str]
    others: list[OtherContact]
    repeat: Repeat | None
    further: list[int]


@dataclass(frozen=True, slots=True)
class LastTag:
    """What this person tagged last and may still take back."""

    reason_id: int
    contact: ContactRow


@pages.get("/inbox", endpoint="inbox")
@pages.get("/inbox/<uuid:contact_id>", endpoint="inbox_contact")
@allow("lead")
def show(contact_id: uuid.UUID | None = None) -> ResponseReturnValue:
    """The oldest contact that waits, or the one that was asked for."""
    db, channel = work.reading(), _channel()
    queue = _queue(contact_id, channel)
    waiting = _waiting_by_channel()
    tree = reasons.tree(db)
    common = {"channel": channel, "waiting": waiting, "now": work.now(), "last": _last_tag(), "tree": tree}
    if not queue:
        has_contacts = bool(listing.page(db, Filter(), limit=1))
        return render_template("lead/inbox_empty.html", **common, has_contacts=has_contacts)
    current = next((one for one in queue if one.id == contact_id), queue[0])
    return render_template(
        "lead/inbox.html",
        **common,
        queue=queue,
        letter=_letter(current),
        following=_following(current, channel),
        headline=headline.headline,
        waited=waited,
        favourites=picker.favourites(tree),
        chosen_today=queries.chosen_since(db, current_user.id, picker.start_of_today()),
        repeated=queries.last_choice(db, current_user.id, picker.start_of_today()),
    )


@pages.post("/inbox/<uuid:contact_id>")
@allow("lead")
def inbox_tag(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Give the contact its reason and go on to the next one."""
    channel = _channel()
    before = inbox.waiting_one(work.reading(), contact_id)
    try:
        reason_id = picker.given_reason()
        work.write_and_count(lambda session: actions.tag(session, contact_id, reason_id, by=work.me(), at=work.now()))
    except (Stale, Missing) as error:
        _tell(error, contact_id)
    except Refused as error:
        flash(error.sentence)
        return redirect(url_for("lead.inbox_contact", contact_id=contact_id, channel=channel))
    return redirect(_next_address(before, channel))


@pages.post("/inbox/<uuid:contact_id>/further")
@allow("lead")
def inbox_further(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Add a further reason, or take one away, and stay with the contact."""
    picker.change_further(contact_id)
    return redirect(url_for("lead.inbox_contact", contact_id=contact_id, channel=_channel()))


@pages.post("/inbox/undo")
@allow("lead")
def inbox_undo() -> ResponseReturnValue:
    """Take the last tag back and open that contact again."""
    try:
        undone = work.write_and_count(lambda session: actions.undo_last(session, by=work.me(), at=work.now()))
    except Refused as error:
        flash(error.sentence)
        return redirect(url_for("lead.inbox", channel=_channel()))
    return redirect(url_for("lead.inbox_contact", contact_id=undone.contact_id, channel=_channel()))


def _channel() -> str | None:
    asked = request.args.get("channel")
    return asked if asked in CHANNELS else None


def _queue(contact_id: uuid.UUID | None, channel: str | None) -> list[Waiting]:
    """The head of the queue; where the open contact stands further back, the queue from it on."""
    db = work.reading()
    head = inbox.oldest(db, channel)
    asked = None if contact_id is None else inbox.waiting_one(db, contact_id)
    if asked is None or any(one.id == asked.id for one in head):
        return head
    return [asked, *inbox.following(db, (asked.occurred_at, asked.id), channel, inbox.QUEUE_LENGTH - 1)]


def _following(current: Waiting, channel: str | None) -> Waiting | None:
    """The contact behind this one; behind the last one the queue begins again."""
    behind = inbox.following(work.reading(), (current.occurred_at, current.id), channel, limit=1)
    return next(iter(behind or inbox.oldest(work.reading(), channel, limit=1)), None)


def _next_address(before: Waiting | None, channel: str | None) -> str:
    head = inbox.oldest(work.reading(), channel, limit=1)
    behind = None if before is None else _following(before, channel)
    if behind is None or not head or head[0].id == behind.id:
        return url_for("lead.inbox", channel=channel)
    return url_for("lead.inbox_contact", contact_id=behind.id, channel=channel)


def _waiting_by_channel() -> dict[str, int]:
    """How many contacts wait, from the daily totals; channels in their usual order."""
    handled = totals.untagged_by_channel(work.reading())
    return {channel: handled[channel] for channel in CHANNELS if channel in handled}


def _letter(current: Waiting) -> Letter:
    db = work.reading()
    row = listing.one(db, current.id)
    if row is None:
        raise Missing("This contact is gone. The import that brought it may have been undone.")
    others = inbox.others_of_the_customer(db, row.id)
    moments = [row.occurred_at, *(other.occurred_at for other in others)]
    days = [moment.astimezone(work.settings().timezone).date() for moment in moments]
    return Letter(
        contact=row,
        title=headline.headline(row.note, row.channel, row.handle_seconds, row.queue),
        paragraphs=headline.paragraphs(row.note),
        others=others,
        repeat=Repeat(len(days), (days[0] - days[-1]).days) if others else None,
        further=listing.further_reasons(db, [row.id]).get(row.id, []),
    )


def _last_tag() -> LastTag | None:
    db = work.reading()
    choice = queries.last_choice(db, current_user.id, work.now() - UNDO_WITHIN)
    contact = None if choice is None else listing.one(db, choice.contact_id)
    return None if choice is None or contact is None else LastTag(choice.reason_id, contact)


def _tell(error: Refused, contact_id: uuid.UUID) -> None:
    """Say what was kept, with the way there."""
    if isinstance(error, Missing):
        flash(error.sentence)
        return
    link = url_for("lead.contact", contact_id=contact_id)
    flash(Markup('{} <a href="{}">Open the contact</a>').format(error.sentence, link))
