"""The examples of docs/how-to/send-contacts-by-api.md, run word for word by a shell against a served tracker."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import skip_or_fail
from tests.web.programs.conftest import a_contact

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/how-to/send-contacts-by-api.md"
COMMANDS = re.findall(r"^ *```sh\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, *_words: object) -> None:
        """Nothing."""


@pytest.fixture
def address(app: Flask, today: None) -> Iterator[str]:
    """Where the tracker is served."""
    if shutil.which("curl") is None:
        skip_or_fail("TRACKER_REQUIRE_CURL", "There is no curl: the examples are not run.")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_command_of_the_page_does_what_the_page_says(app: Flask, address: str) -> None:
    make, where, first, many, ranking = COMMANDS
    words = re.findall(r'"[^"]*"|\S+', make)
    printed = app.test_cli_runner().invoke(args=[word.strip('"') for word in [*words[1:], "--json"]])
    token = json.loads(printed.stdout)["token"]
    assert re.findall(r"^ *(\w+)=", where, re.MULTILINE) == ["TRACKER", "TOKEN"]

    def run(command: str) -> Any:
        environment = {"PATH": os.environ["PATH"], "TRACKER": address, "TOKEN": token}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    answer = run(first)
    assert (answer["new"], answer["items"][0]["status"]) == (1, "new")
    assert run(first)["items"][0]["status"] == "unchanged"
    answer = run(many)
    assert [item["status"] for item in answer["items"]] == ["new", "rejected"]
    assert answer["items"][1]["errors"][0]["field"] == "channel"
    found = run(ranking)
    assert {one["path"]: one["contacts"] for one in found["reasons"]} == {"Delivery > Late": 1, "Refund": 1}


def test_a_body_that_is_too_large_is_answered_and_not_cut_off(app: Flask, address: str, tmp_path: Path) -> None:
    made = app.test_cli_runner().invoke(args=["tokens", "add", "Switch", "--scope", "contacts:write", "--json"])
    body = tmp_path / "body.json"
    body.write_text(json.dumps([a_contact(number, note="x" * 5_000) for number in range(1000)]), encoding="utf-8")
    command = [
        "curl", "--silent", "--show-error", f"{address}/api/v1/contacts", "--data-binary", f"@{body}",
        "--header", f"Authorization: Bearer {json.loads(made.stdout)['token']}",
        "--header", "Content-Type: application/json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["status"] == 413
