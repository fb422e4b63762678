"""A route of Flask alone that inserts one contact into the same table and commits it: what ours is compared to."""

import uuid
from datetime import UTC, datetime
from typing import cast

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from app.config import read_settings
from app.contacts.tables import Contact, Source
from app.db import Database

app = Flask(__name__)
database = Database(read_settings().database_url)
TABLE = cast("Table", Contact.__table__)
AT = datetime(2025, 1, 1, tzinfo=UTC)


def _source(session: Session) -> int:
    source = Source(name="Switch", timezone="UTC", made_at=AT)
    session.add(source)
    session.flush()
    return source.id


SOURCE_ID = database.write(_source)
database.close()
del database.__dict__["engine"]  # the process that serves opens its own


@app.post("/api/v1/contacts")
def contacts() -> ResponseReturnValue:
    """Insert what was sent, unlooked at."""
    sent = request.get_json()
    moment = datetime.fromisoformat(sent["occurred_at"])
    row = {
        "id": uuid.uuid4(),
        "source_id": SOURCE_ID,
        "external_id": sent["external_id"],
        "occurred_at": moment,
        "day": moment.date(),
        "channel": sent["channel"],
        "direction": "inbound",
        "is_abandoned": False,
        "reason_id": None,
        "raw_reason_id": None,
        "queue": sent["queue"],
        "customer_key": uuid.uuid4().bytes,
        "handle_seconds": sent["handle_seconds"],
        "is_duration_odd": False,
        "note": sent["note"],
        "attributes": sent["attributes"],
        "batch_id": None,
        "content": uuid.uuid4().bytes,
    }
    database.write(lambda session: session.execute(insert(TABLE), row))
    return jsonify({"id": str(row["id"])}), 201
