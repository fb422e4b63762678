"""Every main page, as the role that uses it: wide and on a phone, in light and in dark."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import StorageState, expect

from app.demo.company import PASSWORD
from tests.browser.conftest import SIZES, Served, Window, installation, served

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

NOBODY = "nobody"
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
EMAILS = {
    "agent": "juno.pillowby@harbourvale.example",
    "lead": "otis.lanternby@harbourvale.example",
    "team": "marlo.parcelton@harbourvale.example",
    "sponsor": "augusta.valeharbour@harbourvale.example",
    "finance": "dora.ledgerly@harbourvale.example",
    "admin": "nell.switchby@harbourvale.example",
}
PAGES = {
    NOBODY: ("/login",),
    "agent": ("/", "/contacts/new"),
    "lead": (
        "/",
        "/inbox",
        "/contacts/new",
        "/contacts",
        "/contacts?reason=3&channel=phone",
        "/imports",
        "/imports/11",
        "/imports/sources",
        "/drivers",
        "/totals",
        "/reasons",
        "/changes",
    ),
    "team": (
        "/",
        "/ranking",
        "/ranking?by=cost&level=1",
        "/reasons",
        "/reasons/3",
        "/initiatives",
        "/initiatives/1",
        "/initiatives/10",
        "/initiatives/1/projection",
        "/initiatives/1/series",
        "/initiatives/1/edit",
        "/initiatives/1/plan",
        "/initiatives/1/plan/edit",
        "/initiatives/1/costs",
        "/changes",
        "/initiatives/9/projection/new",
        "/initiatives/new",
        "/initiatives/new?reason=3",
        "/meetings",
        "/meetings/2026-W38",
        "/account",
    ),
    "sponsor": ("/", "/savings", "/savings/months/2026-06", "/ask", "/initiatives/9"),
    "finance": (
        "/",
        "/savings",
        "/savings/1/2026-08",
        "/savings/1/2026-08?every=month",
        "/savings/2/2026-08",
        "/placebo",
        "/methods",
        "/savings/queue",
        "/ledger",
        "/ledger?kind=realised&first=2026-01",
        "/ledger/1",
        "/initiatives/1/cash",
    ),
    "admin": (
        "/",
        "/settings",
        "/settings/people",
        "/settings/people/1",
        "/settings/people/new",
        "/settings/departments",
        "/settings/departments/1",
        "/settings/rates",
        "/settings/opening-days",
        "/settings/goal",
        "/settings/privacy",
        "/settings/tokens",
        "/audit",
    ),
}


@pytest.fixture(scope="module")
def company(waiting_import: tuple[Path, str]) -> Iterator[Served]:
    """The demo company and an import that waits, served to all tests of this file: they only read."""
    with served(installation(waiting_import[0])) as running:
        yield running


def problems(opened: Window) -> list[str]:
    """What is wrong with the page: each size in light and in dark."""
    page, wrong = opened.page, []
    if (headings := page.locator("h1").count()) != 1:
        wrong.append(f"{headings} headings of level 1")
    if (main_actions := page.locator("main .btn-primary:visible").count()) > 1:
        wrong.append(f"{main_actions} main actions")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            wrong += [f"{size} {theme}: {line}" for line in opened.accessibility()]
        if opened.scrolls_sideways():
            wrong.append(f"{size}: scrolls sideways")
    return wrong


@pytest.fixture(scope="module")
def kept() -> dict[str, StorageState]:
    """The sessions of the roles: each signs in once."""
    return {}


@pytest.fixture
def as_role(company: Served, window: Open, kept: dict[str, StorageState]) -> Open:
    """Open a window in which the role is signed in: `as_role("lead", size="phone")`."""

    def open_as(role: str, size: str = "wide") -> Window:
        if role in kept:
            return window(company, size=size, storage_state=kept[role])
        opened = window(company, size=size)
        if role != NOBODY:
            opened.sign_in(EMAILS[role], PASSWORD)
        kept[role] = opened.page.context.storage_state()
        return opened

    return open_as


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_everybody_can_use_the_page(as_role: Open, role: str, path: str) -> None:
    opened = as_role(role)
    opened.open(path)
    assert problems(opened) == []


def test_everybody_can_use_the_page_of_one_contact(as_role: Open) -> None:
    opened = as_role("lead")
    opened.open("/contacts")
    opened.page.locator("main a[href^='/contacts/']:visible").first.click()
    opened.page.wait_for_url(lambda address: not address.endswith("/contacts"))
    assert problems(opened) == []


@pytest.mark.parametrize(("page", "finding"), [("", "3 new contacts are ready. 2 rows need a look."), ("/columns", "")])
def test_everybody_can_use_the_pages_of_an_import_that_waits(
    as_role: Open, waiting_import: tuple[Path, str], page: str, finding: str
) -> None:
    opened = as_role("lead")
    opened.open(waiting_import[1] + page)
    assert finding in opened.page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ")
    assert problems(opened) == []


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [("lead", "/initiatives/99999", 404), ("agent", "/savings", 403), (NOBODY, "/no-such-page", 404)],
)
def test_everybody_can_use_a_page_that_says_why_there_is_none(as_role: Open, role: str, path: str, status: int) -> None:
    opened = as_role(role)
    opened.open(path)
    assert problems(opened) == []
    # Chromium writes a line about every answer that is an error; this one was asked for.
    opened.console[:] = [line for line in opened.console if f"status of {status}" not in line]


def test_the_bar_of_a_phone_opens_at_the_word_of_the_page(as_role: Open) -> None:
    opened = as_role("sponsor", size="phone")
    opened.open("/ask")
    expect(opened.page.get_by_role("link", name="The ask", exact=True)).to_be_in_viewport(ratio=1)
    assert opened.page.evaluate("scrollY") == 0
