"""Privacy through the page: what goes is said before it goes, in every size and theme."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from app.contacts.customers import keys_of
from app.people import passwords
from tests.browser.conftest import SIZES, Served, Window
from tests.builders import make_contact, make_user

EMAIL, PASSWORD = "nell@example.test", "seven grey herons"
ADA = "ada@mail.example"

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


@pytest.fixture
def desk(empty: Served) -> Served:
    """A new installation with an administrator and two contacts of one customer, one of them very old."""
    password_hash = passwords.make_hash(PASSWORD, EMAIL)
    key = keys_of(empty.app.extensions["settings"]).key(ADA)
    database = empty.app.extensions["database"]
    database.write(lambda session: make_user(session, roles=("admin",), email=EMAIL, password_hash=password_hash))
    for year in (2001, 2026):
        at = datetime(year, 9, 1, 12, tzinfo=UTC)
        database.write(lambda session, at=at: make_contact(session, occurred_at=at, customer_key=key))
    return empty


def problems(opened: Window) -> list[str]:
    wrong = []
    for size, (width, height) in SIZES.items():
        opened.page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            opened.page.emulate_media(color_scheme=theme)
            expect(opened.page.locator("html")).to_have_attribute("data-bs-theme", theme)
            wrong += [f"{size} {theme}: {line}" for line in opened.accessibility()]
        if opened.scrolls_sideways():
            wrong.append(f"{size}: scrolls sideways")
    return wrong


def test_an_administrator_decides_and_erases_in_every_size(desk: Served, window: Open) -> None:
    opened = window(desk)
    page = opened.page
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/settings/privacy")
    page.get_by_label("Mask phone numbers").check()
    page.get_by_label("Keep contacts for so many months").fill("240")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_role("alert")).to_contain_text("will be dropped")
    assert problems(opened) == []
    page.get_by_role("button", name="Drop them and keep this").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("240")
    expect(page.get_by_label("Mask phone numbers")).to_be_checked()
    page.get_by_label("Phone number or e-mail address").fill(ADA)
    page.get_by_role("button", name="See what it concerns").click()
    expect(page.get_by_role("alert")).to_contain_text("2")
    assert problems(opened) == []
    page.get_by_role("button", name="Erase this customer").click()
    expect(page.get_by_role("table")).to_contain_text("2")
    assert ADA not in page.content()
    assert problems(opened) == []
