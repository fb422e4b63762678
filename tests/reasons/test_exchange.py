import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contacts import days
from app.counting.actions import recount_touched
from app.db import Database
from app.people import queries as people
from app.reasons import exchange, queries
from app.reasons.exchange import Brought, Line
from app.values.errors import Refused
from tests.builders import AT, TESTER, make_contact, make_department, make_reason

STAMP: dict[str, Any] = {"by": TESTER, "at": AT, "valid_from": AT.date()}
LIST = """\ufeffPath,Owner,is_other
Delivery > Late,Logistics,
Delivery > Lost,logistics,no
Other,,yes
"""


def test_a_list_is_read_with_its_owners_and_flags() -> None:
    assert exchange.read(LIST.lstrip("\ufeff")) == [
        Line(("Delivery", "Late"), "Logistics", None),
        Line(("Delivery", "Lost"), "logistics", is_other=False),
        Line(("Other",), None, is_other=True),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column “path”"),
        ("reason\nLate\n", "no column “path”"),
        ("path\n", "names no reason"),
        ("path\nA > B > C > D\n", "Line 2: “A > B > C > D” has 4 levels"),
        ("path,is_other\nLate,yes\nLost,perhaps\n", "Line 3: is_other is “perhaps”"),
        ("path,owner\n,Logistics\n", "Line 2: The reason has no name"),
        ("path\n" + "x" * 140_000, "is no CSV"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        exchange.read(text)


def test_a_list_adds_reasons_and_owners_once(session: Session) -> None:
    make_department(session, "Logistics")
    lines = exchange.read(LIST.lstrip("\ufeff"))
    assert exchange.bring_in(session, lines, **STAMP) == Brought(read=3, new=3)
    assert exchange.bring_in(session, lines, **STAMP) == Brought(read=3, unchanged=3)
    assert [one.name for one in people.departments(session)] == ["Logistics"]
    changed = [Line(("delivery", "LATE"), "Couriers", None)]
    assert exchange.bring_in(session, changed, **STAMP) == Brought(read=1, updated=1)


def test_what_is_written_reads_back_the_same_even_where_a_name_looks_like_a_formula(session: Session) -> None:
    owner = make_department(session, "=Logistics")
    top = make_reason(session, "Delivery", department_id=owner.id)
    make_reason(session, "-5 % off rejected", parent=top)
    make_reason(session, "'quoted'")
    make_reason(session, "Fax", is_retired=True)
    written = "".join(exchange.written(queries.tree(session), {owner.id: owner.name}))
    assert "Fax" not in written
    assert "'=Logistics" in written
    assert [(line.path, line.owner) for line in exchange.read(written)] == [
        (("'quoted'",), None),
        (("Delivery",), "=Logistics"),
        (("Delivery", "-5 % off rejected"), None),
    ]


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["reasons", *arguments])


def test_the_commands_bring_a_tree_in_and_out(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(LIST, encoding="utf-8")
    result = run(app, "import", str(tmp_path / "in.csv"), "--json")
    assert json.loads(result.stdout) == {"read": 3, "new": 3, "updated": 0, "unchanged": 0}
    result = run(app, "export", str(tmp_path / "out.csv"), "--json")
    assert json.loads(result.stdout)["reasons"] == 4
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() == [
        "path,owner,is_other",
        "Delivery,,no",
        "Delivery > Late,Logistics,no",
        "Delivery > Lost,Logistics,no",
        "Other,,yes",
    ]


def test_a_wrong_line_leaves_everything_as_it_was(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("path\nLate\nA > B > C > D\n", encoding="utf-8")
    result = run(app, "import", str(tmp_path / "in.csv"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Line 3" in result.stderr
    database: Database = app.extensions["database"]
    with database.reading() as session:
        assert queries.tree(session).nodes == {}


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_is_not_there_is_said_in_a_sentence(app: Flask, tmp_path: Path, name: str) -> None:
    result = run(app, "import", str(tmp_path / name))
    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.stderr


def test_a_merge_can_be_tried_and_says_how_many_contacts_read_elsewhere(app: Flask) -> None:
    database: Database = app.extensions["database"]

    def work(session: Session) -> None:
        old, _ = make_reason(session, "Old"), make_reason(session, "New")
        child = make_reason(session, "Child", parent=old)
        for reason in (old, old, child, None):
            days.touch(session, [make_contact(session, reason=reason).day])
        recount_touched(session)

    database.write(work)
    tried = run(app, "merge", "old", "New", "--from", "2026-09-01", "--dry-run", "--json")
    assert json.loads(tried.stdout) == {"contacts_moved": 3, "days_touched": 1}
    with database.reading() as session:
        assert len(queries.tree(session).children(None)) == 2
    assert run(app, "merge", "Old", "New", "--from", "2026-09-01", "--json").stdout == tried.stdout
    with database.reading() as session:
        assert [node.name for node in queries.tree(session).walk()] == ["New", "Child"]
    refused = run(app, "merge", "Nothing", "New", "--from", "2026-09-01")
    assert refused.exit_code == 1
    assert "no reason “Nothing”" in refused.stderr
