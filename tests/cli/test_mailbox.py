"""flask mailbox, as people script against it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.config import Settings
from app.contacts.mail import passwords, polling
from app.contacts.scheduled.rules import Mailbox
from app.values.errors import Refused
from tests.mail_builders import make_folder, make_mail

Command = Callable[..., Result]
KEYS = (
    *("batch", "source", "format", "read", "new", "updated", "unchanged", "rejected", "ignored", "untagged"),
    *("rejects_file", "first_day", "last_day", "remarks", "seconds"),
)
ADD = ("mailbox", "add", "Support", "--host", "imap.example.com", "--user", "support", "--json")


@pytest.fixture
def command(app: Flask) -> Command:
    """Run flask with these words."""
    return lambda *words: app.test_cli_runner().invoke(args=list(words), env={"TRACKER_MAILBOX_PASSWORD": "horse"})


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_folder_is_taken_in_and_the_answer_is_that_of_contacts_import(command: Command, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mails", {"a.eml": make_mail(), "b.eml": b"no mail"})
    words = ("mailbox", "import", str(folder), "--source", "Support", "--json")
    found = answer(command(*words))
    assert tuple(found) == KEYS
    assert (found["source"], found["format"], found["read"], found["new"]) == ("Support", "mail", 2, 1)
    assert (found["rejected"], found["untagged"], found["first_day"]) == (1, 1, "2026-09-14")
    assert "This is no mail" in Path(found["rejects_file"]).read_text(encoding="utf-8")
    assert answer(command(*words))["unchanged"] == 1
    strict = command(*words, "--strict")
    assert (strict.exit_code, "Kept aside: 1\u00a0mail." in strict.stderr) == (1, True)


def test_a_place_without_mail_ends_with_a_sentence(command: Command, tmp_path: Path) -> None:
    result = command("mailbox", "import", str(tmp_path / "nowhere"), "--source", "Support")
    assert (result.exit_code, "There is no file or folder" in result.stderr) == (1, True)


def test_a_mailbox_is_set_up_and_polled(command: Command, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No such mailbox is set up" in command("mailbox", "poll").stderr
    assert answer(command(*ADD)) == {"id": 1, "source": "Support"}
    assert passwords.read(settings, 1) == "horse"
    polled = []

    def poll(*words: Any, **_: Any) -> None:
        polled.append(words[2:])

    monkeypatch.setattr(polling, "poll", poll)
    found = answer(command("mailbox", "poll", "--json"))
    assert tuple(found) == KEYS
    assert (found["batch"], found["source"], found["read"]) == (None, "Support", 0)
    assert polled == [("Support", Mailbox("imap.example.com", "support"), "horse")]


def test_several_mailboxes_are_summed_and_one_that_fails_ends_with_status_1(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Support", "Orders"):
        answer(command(*ADD[:2], name, *ADD[3:]))

    def poll(_database: object, _settings: object, source: str, *_: Any, **__: Any) -> None:
        if source == "Orders":
            raise Refused("The mail server does not answer.")

    monkeypatch.setattr(polling, "poll", poll)
    result = command("mailbox", "poll", "--json")
    assert (result.exit_code, result.stderr) == (1, "Orders: The mail server does not answer.\n")
    found = json.loads(result.stdout)
    assert ([one["source"] for one in found["mailboxes"]], found["source"]) == (["Orders", "Support"], None)
    assert answer(command("mailbox", "poll", "--source", "Support", "--json"))["source"] == "Support"
