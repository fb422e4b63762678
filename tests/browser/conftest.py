"""A served demo company and a real Chromium that notices every console message and every foreign request."""

import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, Request, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app, schema
from app.config import read_settings
from app.contacts import importing
from app.contacts.rules import Choices
from app.db import Database
from app.people.rules import Actor
from tests.conftest import skip_or_fail

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AS_OF = "2026-09-16"
NOW = datetime(2026, 9, 16, 10, 30, tzinfo=UTC)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# Two rows that are ready, one without a reason, two that need a look.
WAITING = """external_id,occurred_at,channel,reason,note
1,2026-09-15T08:00:00Z,phone,Delivery > Late,Where is it?
2,2026-09-15T09:00:00Z,email,Refund,When does my money come?
3,2026-09-15T10:00:00Z,chat,,Something else
4,2026-09-15T25:00:00Z,phone,Refund,
5,,phone,Refund,
"""
ANSWER = "tests.answer"
SIZES = {"wide": (1366, 900), "phone": (390, 844)}
# A busy machine answers late; what is waited for is there at once on a calm one.
expect.set_options(timeout=30_000)


def chromium() -> str | None:
    """Where a Chromium is, if there is one."""
    given = os.environ.get("TRACKER_CHROMIUM")
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    return given or found or (MAC if Path(MAC).exists() else None)


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = chromium()
    if path is None:
        skip_or_fail("TRACKER_REQUIRE_BROWSER", "No Chromium was found: browser tests are left out.")
    browser = playwright_driver.chromium.launch(executable_path=path, headless=True, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the application it is always the Wednesday after the demo company's last day."""
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@dataclass
class Served:
    """An application with its address."""

    app: Flask
    address: str


class Handler(WSGIRequestHandler):
    """Closes an answer whose reader went away: the server itself leaves its file open where the line broke off."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        super().connection_dropped(error, environ)
        answer = (environ or {}).get(ANSWER)
        if answer is not None:
            answer.close()


@contextmanager
def served(app: Flask) -> Iterator[Served]:
    """Serve the application from a thread, on a free port of this machine."""

    def answering(environ: dict[str, Any], start_response: Any) -> Any:
        environ[ANSWER] = answer = app(environ, start_response)
        return answer

    server = make_server("127.0.0.1", 0, answering, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        app.extensions["settings"] = replace(app.extensions["settings"], address=address)
        yield Served(app, address)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def installation(folder: Path) -> Flask:
    app = create_app(
        read_settings(
            {
                "TRACKER_INSTANCE": str(folder),
                "TRACKER_ORGANISATION": "Harbour & Vale",
                "TRACKER_JOBS_IN_PROCESS": "yes",
                "SECRET_KEY": "for tests only",
            }
        )
    )
    schema.upgrade(app.extensions["database"])
    return app


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the demo company, made once."""
    folder = tmp_path_factory.mktemp("demo")
    app = installation(folder)
    result = app.test_cli_runner().invoke(args=["demo", "load", "--as-of", AS_OF])
    assert result.exit_code == 0, result.output
    app.extensions["database"].close()
    return folder


@pytest.fixture(scope="session")
def waiting_import(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo company with a file that was looked through and not taken in yet: its folder, and that page's path."""
    folder = tmp_path_factory.mktemp("waiting") / "instance"
    shutil.copytree(demo_folder, folder)
    database = Database(f"sqlite:///{folder / 'tracker.db'}")
    settings = read_settings({"TRACKER_INSTANCE": str(folder), "SECRET_KEY": "for tests only"})
    by = Actor(None, "command line")
    with io.BytesIO(WAITING.encode()) as file:
        batch_id = importing.receive(database, settings, file, "week.csv", Choices("Zendesk"), by=by, at=NOW)
    importing.preview(database, settings, batch_id, at=NOW)
    database.close()
    return folder, f"/imports/{batch_id}"


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Iterator[Served]:
    """The demo company, served from a copy of its own."""
    folder = tmp_path / "instance"
    shutil.copytree(demo_folder, folder)
    with served(installation(folder)) as running:
        yield running


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A new installation in which nobody has signed up yet."""
    with served(installation(tmp_path / "instance")) as running:
        yield running


@dataclass
class Window:
    """A browser window that keeps what it noticed."""

    page: Page
    address: str
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, email: str, password: str) -> None:
        self.open("/login")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "/login" not in address)

    def accessibility(self) -> list[str]:
        """What axe finds, a line each; an empty list is what we want."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        # Only what is wrong comes back: the list of all that is right takes longer to send than to find.
        violations: list[dict[str, Any]] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules}).then(found => found.violations)", RULES
        )
        return [
            f"{violation['id']}: {node['target']} {node['html'][:120]}"
            for violation in violations
            for node in violation["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Open windows: `window(demo, size="phone", theme="dark")`; at the end none may have complained or called out."""
    opened: list[Window] = []

    def open_window(running: Served, *, size: str = "wide", theme: str = "light", **options: Any) -> Window:
        width, height = SIZES[size]
        scheme: Any = theme
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        page = context.new_page()
        page.set_default_timeout(30_000)
        made = Window(page, running.address)

        def notice(request: Request) -> None:
            if not request.url.startswith((running.address, "data:", "blob:")):
                made.foreign.append(request.url)

        page.on("console", lambda message: made.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: made.console.append(f"error: {error}"))
        page.on("request", notice)
        opened.append(made)
        return made

    yield open_window
    for made in opened:
        made.page.context.close()
    assert [line for made in opened for line in made.console] == []
    assert [address for made in opened for address in made.foreign] == []
