"""Nine files of a city's contact centre, taken in as they are and counted a second time by the standard library."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import read_settings
from app.db import Database
from tests.journeys import ottawa

Command = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def contacts(data_sets: Path) -> Counter[ottawa.Row]:
    """All contacts as the standard library reads them."""
    return ottawa.contacts(data_sets)


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """An installation on SQLite, then one on PostgreSQL."""
    app = create_app(
        read_settings({"TRACKER_INSTANCE": str(tmp_path), "DATABASE_URL": database.url, "SECRET_KEY": "for tests only"})
    )
    yield app
    app.extensions["database"].close()


@pytest.fixture
def command(installation: Flask) -> Command:
    """Run a command and read its JSON."""

    def run(*words: str) -> dict[str, Any]:
        result = installation.test_cli_runner().invoke(args=[*words, "--json"])
        assert result.exit_code == 0, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    return run


def take_in(command: Command, folder: Path) -> list[dict[str, Any]]:
    """Import all nine files in order; every answer must balance."""
    answers = []
    for name in ottawa.FILES:
        answer = command("contacts", "import", str(ottawa.path_of(folder, name)), "--source", "City of Ottawa")
        parts = ("new", "updated", "unchanged", "rejected", "ignored")
        assert answer["read"] == ottawa.ROWS[name] == sum(answer[part] for part in parts), answer
        assert (answer["format"], answer["updated"], answer["rejected"], answer["ignored"]) == ("311", 0, 0, 0), answer
        answers.append(answer)
    return answers


@pytest.mark.timeout(600)
def test_every_row_is_counted_once_and_the_ranking_equals_an_independent_count(
    command: Command, data_sets: Path, contacts: Counter[ottawa.Row]
) -> None:
    answers = take_in(command, data_sets)
    assert sum(answer["read"] for answer in answers) == 318_086
    assert sum(answer["new"] for answer in answers) == 315_800 == contacts.total()
    assert {name: answer["unchanged"] for name, answer in zip(ottawa.FILES, answers, strict=True)} == {
        **dict.fromkeys(ottawa.FILES, 0),
        "AugSR-2014": 2_286,
    }

    ranking = command("ranking", "show", "--from", "2013-01-01", "--to", "2014-01-01")
    ours = {reason["path"].casefold(): reason["contacts"] for reason in ranking["reasons"]}
    theirs = ottawa.by_path(contacts, date(2013, 1, 1), date(2014, 1, 1))
    assert ours == theirs
    assert ranking["contacts"] == ranking["tagged"] == sum(theirs.values()) == 190_898
    assert ranking["reasons"][0]["path"] == "Roads Maintenance > Road Travelled Surface"
    assert ranking["reasons"][0]["contacts"] == 17_905
    assert command("check")["differences"] == []

    again = [
        command("contacts", "import", str(ottawa.path_of(data_sets, name)), "--source", "City of Ottawa")
        for name in ottawa.FILES
    ]
    assert [(answer["new"], answer["updated"]) for answer in again] == [(0, 0)] * 9
    assert sum(answer["unchanged"] for answer in again) == 318_086
