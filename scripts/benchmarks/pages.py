"""Server time of the pages that people open all day, at 100,000 and at 1,000,000 contacts."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient

from app import clock, create_app
from app.config import read_settings
from scripts.benchmarks import company
from scripts.benchmarks.table import Row, medians_seconds

PAGES = ("/ranking", "/savings", "/inbox", "/contacts", "/reasons", "/initiatives", "/meetings/2026-W38")
FEW, MANY = 100_000, 1_000_000
LONGEST_SECONDS = 0.1


def rows() -> Iterator[Row]:
    """Each page at a million contacts, against a tenth of a second and against a tenth of the contacts."""
    clock.now = lambda: company.AT  # the pages stand on the day after the last contact
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_client(Path(folder) / str(count), count) for count in (FEW, MANY))
        for page in PAGES:
            slow, quick = medians_seconds(partial(_get, many, page), partial(_get, few, page))
            yield Row(f"{page} at 1,000,000 contacts", slow, "100 ms, fixed", LONGEST_SECONDS, "s", 1.0)
            yield Row(f"{page} at 1,000,000 contacts", slow, "at 100,000 contacts", quick, "s", 2.0)


def _client(folder: Path, contacts: int) -> FlaskClient:
    folder.mkdir()
    company.built(folder / "tracker.db", contacts).close()
    app = create_app(read_settings({"TRACKER_INSTANCE": str(folder), "SECRET_KEY": "for the benchmark only"}))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "1:1"
    return client


def _get(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(f"{page} answered {answer.status_code}.")
