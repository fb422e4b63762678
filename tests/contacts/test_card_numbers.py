"""Card numbers stay nowhere in the database, also not where a file is only looked at or a row is rejected."""

import io
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Settings
from app.contacts import importing, queries
from app.contacts.rules import Choices
from app.db import Database
from tests.intake_builders import HEADER, LEAD, NOW, csv_text, make_line, make_settings


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def test_card_numbers_are_kept_neither_with_rejected_rows_nor_in_examples(
    database: Database, settings: Settings
) -> None:
    card, header = "paid with 4111 1111 1111 1111", (*HEADER, "Remarks")
    untimely = [*make_line(1, occurred_at="never", note=card), card]
    too_long = [*make_line(2, note="see below, please"), "", card, "4111 1111 1111 1111"]
    fine = [*make_line(3, note=card), card]
    data = csv_text([untimely, too_long, fine], header).encode()
    batch_id = importing.receive(database, settings, io.BytesIO(data), "cards.csv", Choices("Switch"), by=LEAD, at=NOW)
    importing.preview(database, settings, batch_id, at=NOW)
    database.write(lambda session: importing.confirm(session, batch_id, at=NOW))
    importing.run(database, settings, batch_id, by=LEAD)
    with database.reading() as session:
        kept = [*session.execute(text("select preview from import_batch")), *queries.rejections(session, batch_id)]
    assert len(kept) == 3
    assert "4111 1111" not in str(kept)
    assert "[card ending 1111]" in str(kept)
