"""The habits that the architecture test watches, each tested with a planted lapse."""

from pathlib import Path

import pytest

from tests.architecture import habits
from tests.architecture.planting import plant
from tests.test_architecture import STEPS

WRITES = [
    ("from sqlalchemy import insert, select", "imports sqlalchemy.insert"),
    ("from sqlalchemy.dialects.postgresql import insert", "imports sqlalchemy.dialects.postgresql.insert"),
    ("def work():\n    from sqlalchemy import delete", "imports sqlalchemy.delete"),
    ("import sqlalchemy as sa\nstatement = sa.update(contact)", "calls sa.update"),
    ("statement = Contact.__table__.insert()", "calls __table__.insert"),
    ("def work(session):\n    session.add(1)", "calls session.add"),
    ("def work(session):\n    session.bulk_save_objects([])", "calls session.bulk_save_objects"),
    ("class Work:\n    def do(self):\n        self.session.commit()", "calls session.commit"),
    ("from app.db import upsert\ndef work(session):\n    upsert(session, table, rows, {})", "calls upsert"),
    ('def work(session):\n    session.execute(text("  DELETE FROM contact"))', 'calls text("delete ...")'),
]


@pytest.mark.parametrize(("source", "sentence"), WRITES)
def test_a_query_that_writes_is_found(tmp_path: Path, source: str, sentence: str) -> None:
    (finding,) = habits.writing_queries(plant(tmp_path, {"people/queries.py": source}))
    assert finding.startswith("app/people/queries.py:")
    assert sentence in finding
    assert habits.writing_queries(plant(tmp_path / "as_action", {"people/actions.py": source})) == []


def test_a_query_may_use_sets_and_dictionaries(tmp_path: Path) -> None:
    source = 'def ask(session):\n    seen.add(1)\n    names.update({1: 2})\n    return session.scalar(text("select 1"))'
    assert habits.writing_queries(plant(tmp_path, {"people/queries.py": source})) == []


READS_OF_THE_CLOCK = [
    "import datetime\nnow = datetime.datetime.now()",
    "from datetime import datetime\nnow = datetime.now(tz)",
    "from datetime import date\ntoday = date.today()",
    "import time\nstart = time.time()",
    "from time import time\nstart = time()",
]


@pytest.mark.parametrize("source", READS_OF_THE_CLOCK)
def test_a_module_that_reads_the_clock_is_found(tmp_path: Path, source: str) -> None:
    (finding,) = habits.clock_readers(plant(tmp_path, {"people/rules.py": source}))
    assert finding.startswith("app/people/rules.py")
    assert finding.endswith("ask app.clock, or be told the time.")
    assert habits.clock_readers(plant(tmp_path / "as_clock", {"clock.py": source})) == []


def test_durations_are_not_the_clock(tmp_path: Path) -> None:
    source = "import time\nfrom app import clock\nstart = time.monotonic()\nnow = clock.now()\nclock.today(zone)"
    assert habits.clock_readers(plant(tmp_path, {"people/actions.py": source, "clock.py": ""})) == []


def test_a_commit_inside_a_step_needs_its_reason(tmp_path: Path) -> None:
    silent = "def load(session):\n    session.commit()"
    spoken = 'def load(session):\n    """Load in parts, and commit each: nobody waits."""\n    session.commit()'
    (finding,) = habits.silent_commits(plant(tmp_path, {"people/actions.py": silent}), STEPS)
    assert finding.startswith("app/people/actions.py:2 load commits")
    assert habits.silent_commits(plant(tmp_path / "spoken", {"people/actions.py": spoken}), STEPS) == []
    assert habits.silent_commits(plant(tmp_path / "above", {"web/work.py": silent}), STEPS) == []


def test_a_query_without_its_session_first_is_found(tmp_path: Path) -> None:
    source = "def user(number, session): ...\ndef people(session): ...\ndef _narrow(statement): ..."
    (finding,) = habits.sessionless(plant(tmp_path, {"people/queries.py": source}))
    assert finding.startswith("app/people/queries.py:1 user")


def test_a_table_that_knows_who_points_at_it_is_found(tmp_path: Path) -> None:
    source = 'roles = relationship("UserRole", back_populates="user")'
    (finding,) = habits.backward_tables(plant(tmp_path, {"people/tables.py": source}))
    assert "app/people/tables.py:1 names back_populates" in finding


@pytest.mark.parametrize("name", ["utils.py", "web/common/routes.py", "people/helpers.py", "core/rules.py"])
def test_a_name_of_nothing_is_found(tmp_path: Path, name: str) -> None:
    findings = habits.empty_names(plant(tmp_path, {name: ""}))
    assert any(f"app/{name}" in finding for finding in findings)


def test_a_file_of_401_lines_and_a_function_of_61_are_found(tmp_path: Path) -> None:
    long_file = "\n" * 401
    long_function = "def count():\n" + "    pass\n" * 60
    files = {"people/rules.py": long_file, "people/actions.py": long_function}
    assert habits.too_long(plant(tmp_path, files)) == [
        "app/people/actions.py:1 count has 61 lines; split it by what it does (60 at most).",
        "app/people/rules.py has 401 lines; split it by what it holds (400 at most).",
    ]


def test_a_file_of_400_lines_and_a_function_of_60_are_let_through(tmp_path: Path) -> None:
    files = {"people/rules.py": "\n" * 400, "people/actions.py": "def count():\n" + "    pass\n" * 59}
    assert habits.too_long(plant(tmp_path, files)) == []
