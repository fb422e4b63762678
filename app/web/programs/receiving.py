"""Contacts that a program sends: read, taken in through the one door, and answered item by item."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Response, request
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.contacts import sent
from app.contacts.rules import Counts
from app.contacts.sent import Delivery, DeliveryReader
from app.db import is_duplicate
from app.web import work
from app.web.programs import answers, asked, contact_sent, problems
from app.web.programs.asked import Sending
from app.web.programs.bearer import program
from app.web.programs.contact_sent import Unreadable
from app.web.programs.faults import faults_of
from app.web.programs.problems import Fault
from app.web.programs.told import ItemTold, Received, Wrong

TRIES = 3
Result = TypeVar("Result")


def answer() -> Response:
    """Take in what the request holds; its items are kept or rejected one by one."""
    creates_reasons = asked.read(Sending).new_reasons == "create"
    if request.mimetype != answers.MIMETYPE or request.content_encoding:
        return problems.answer(415, "Send JSON, with the header “Content-Type: application/json”.")
    if request.content_length is None:
        return problems.answer(411, "Say how long the request is, with the header “Content-Length”.")
    try:
        items = contact_sent.items(request.get_data(cache=False))
    except ValidationError as error:
        return _unreadable(next(faults_of(error)))
    at, by = work.now(), program().holder
    reader = DeliveryReader(work.settings(), at=at)
    unfit: dict[int, tuple[Fault, ...]] = {}
    for place, item in enumerate(items):
        if isinstance(item, Unreadable):
            unfit[place] = item.faults
            reader.delivery.reject(place, item.external_id, "", "")
        else:
            reader.read(place, item.sent())
    delivery = reader.delivery

    def take_in(session: Session) -> Counts:
        return sent.take_in_sent(session, work.settings(), delivery, creates_reasons=creates_reasons, by=by, at=at)

    counts = _repeatedly(take_in) if delivery.by_source else sent.left_out(delivery)
    if counts.new or counts.updated:
        work.jobs().count_soon()
    return _told(counts, delivery, unfit)


def _repeatedly(take_in: Callable[[Session], Counts]) -> Counts:
    """Two requests may make the same source or reason at once: who comes second looks again and finds it."""
    for attempt in range(1, TRIES + 1):
        try:
            return work.write(take_in)
        except Exception as error:
            if attempt == TRIES or not is_duplicate(error):
                raise
    raise AssertionError  # the loop either returns or raises


def _told(counts: Counts, delivery: Delivery, unfit: dict[int, tuple[Fault, ...]]) -> Response:
    received = Received.model_construct(
        read=counts.read,
        new=counts.new,
        updated=counts.updated,
        unchanged=counts.unchanged,
        rejected=counts.rejected,
        ignored=counts.ignored,
        untagged=counts.untagged,
        items=[
            ItemTold.model_construct(
                index=told.place,
                status=told.status,
                external_id=told.external_id,
                id=None if told.id is None else uuid.UUID(bytes=told.id),
                errors=_wrong(told, unfit),
            )
            for told in delivery.told
        ],
    )
    if counts.rejected and counts.rejected == counts.read:
        detail = "No item could be taken in. Each says why, in “items”."
        return problems.answer(422, detail, members=received.model_dump(mode="json"))
    status = HTTPStatus.CREATED if counts.new else HTTPStatus.OK
    return answers.written(received.model_dump_json(), status)


def _wrong(told: sent.Told, unfit: dict[int, tuple[Fault, ...]]) -> list[Wrong]:
    faults = unfit.get(told.place) or ((Fault(told.field, told.sentence),) if told.sentence else ())
    return [Wrong(field=field, detail=sentence) for field, sentence in faults]


def _unreadable(fault: Fault) -> Response:
    if fault.field == "" and fault.sentence.startswith("It holds more than"):
        most = contact_sent.MOST_ITEMS
        return problems.answer(
            413, f"A request brings at most {most:,} contacts. Nothing was kept; send them in parts."
        )
    return problems.answer(400, f"{fault.sentence} Nothing was kept.")
