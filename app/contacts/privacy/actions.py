"""Deciding what is masked and how long contacts are kept."""

import re
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from app.contacts.privacy import queries
from app.contacts.privacy.rules import FEWEST_MONTHS, MOST_MONTHS, Decided
from app.contacts.privacy.tables import ONLY, Privacy
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused


def decide(session: Session, wanted: Decided, *, by: Actor, at: datetime) -> None:
    """Keep what was decided; decided already, nothing changes. Raises Refused where it cannot be so."""
    check(wanted)
    trail.hold(session)
    before = queries.decided(session)
    if before == wanted:
        return
    row = held(session)
    for name, value in asdict(wanted).items():
        setattr(row, name, value)
    trail.record(session, "privacy.set", "privacy", by=by, at=at, before=asdict(before), after=asdict(wanted))


def check(wanted: Decided) -> None:
    """Raises Refused where it cannot be so."""
    months, region = wanted.kept_months, wanted.phone_region
    if months is not None and not FEWEST_MONTHS <= months <= MOST_MONTHS:
        raise Refused(f"Contacts are kept for {FEWEST_MONTHS} to {MOST_MONTHS} months, or for ever: leave it empty.")
    if region is not None and not re.fullmatch("[A-Z]{2}", region):
        raise Refused(f"“{region}” is no country. Write its two letters, like CA.")


def held(session: Session) -> Privacy:
    """The one row, made on first use, kept from others until this unit of work is done."""
    trail.hold(session)
    row = session.get(Privacy, ONLY, with_for_update=True, populate_existing=True)
    if row is None:
        row = Privacy(id=ONLY, masks_phones=False, masks_emails=False, has_erased=False)
        session.add(row)
        session.flush()
    return row
