"""The way in, as people walk it: first administrator, a colleague's link, a session that ends in a half-filled form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.people import passwords
from app.people.tables import AuditEntry, Department
from tests.browser.conftest import Served, Window
from tests.builders import make_user

pytestmark = pytest.mark.browser
Open = Callable[..., Window]
EMAIL, PASSWORD = "marta@example.test", "a sentence of hers"


@pytest.fixture
def tracker(empty: Served) -> Served:
    """An installation with one administrator."""
    kept = passwords.make_hash(PASSWORD, EMAIL)
    empty.app.extensions["database"].write(
        lambda session: make_user(session, name="Marta", email=EMAIL, password_hash=kept, roles=("admin",))
    )
    return empty


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def forgive(opened: Window, status: int) -> None:
    """Chromium writes a line about every page that is answered with an error; this one was asked for."""
    opened.console[:] = [line for line in opened.console if f"status of {status}" not in line]


def count(running: Served, table: type[Department] | type[AuditEntry]) -> int:
    with running.app.extensions["database"].reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_first_administrator_lets_a_colleague_in_with_the_keyboard_alone(empty: Served, window: Open) -> None:
    first = window(empty)
    first.open("/")
    for words in ("Marta Lindqvist", EMAIL, PASSWORD):
        first.page.keyboard.type(words)
        first.page.keyboard.press("Tab")
    first.page.keyboard.press("Enter")
    first.page.wait_for_url(lambda address: "/setup" not in address)

    first.open("/settings/people/new")
    first.page.get_by_label("Name").fill("Dana Whitlock")
    first.page.get_by_label("E-mail").fill("dana@example.test")
    first.page.get_by_label("Sponsor").check()
    first.page.keyboard.press("Enter")
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Send this link to Dana Whitlock.")
    link = first.page.get_by_label("Sign-in link").input_value()

    second = window(empty, size="phone", theme="dark")
    second.page.goto(link)
    second.page.keyboard.type(PASSWORD)
    second.page.keyboard.press("Enter")
    second.page.wait_for_url(lambda address: "/link/" not in address)
    second.open("/account")
    assert heading(second.page) == "You are Dana Whitlock, sponsor."


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_doors_can_be_used_by_everybody(empty: Served, window: Open, size: str, theme: str) -> None:
    opened = window(empty, size=size, theme=theme)
    opened.open("/setup")
    assert (opened.accessibility(), opened.scrolls_sideways()) == ([], False)
    empty.app.extensions["database"].write(make_user)
    opened.open("/login")
    assert (opened.accessibility(), opened.scrolls_sideways()) == ([], False)
    opened.page.get_by_label("E-mail").fill("nobody@example.test")
    opened.page.get_by_label("Password").fill("wrong")
    opened.page.keyboard.press("Enter")
    expect(opened.page.get_by_role("alert")).to_contain_text("do not match")
    assert (opened.accessibility(), opened.scrolls_sideways()) == ([], False)
    forgive(opened, 422)


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("phone", "dark")])
def test_the_administrators_pages_can_be_used_by_everybody(
    tracker: Served, window: Open, size: str, theme: str
) -> None:
    opened = window(tracker, size=size, theme=theme)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/settings/departments")
    opened.page.get_by_label("Name").fill("Billing")
    opened.page.keyboard.press("Enter")
    expect(opened.page.get_by_role("status")).to_have_text("Billing is added.")
    people = "/settings/people"
    for address in (
        "/settings",
        people,
        f"{people}/1",
        f"{people}/new",
        "/settings/departments/1",
        "/audit",
        "/account",
    ):
        opened.open(address)
        assert (address, opened.accessibility(), opened.scrolls_sideways()) == (address, [], False)


def test_a_form_whose_session_ended_goes_through_after_a_sign_in_in_a_new_tab(tracker: Served, window: Open) -> None:
    opened = window(tracker)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/settings/departments")
    opened.page.get_by_label("Name").fill("Returns & “repairs”")

    other_tab = opened.page.context.new_page()
    other_tab.goto(f"{tracker.address}/account")
    other_tab.get_by_role("button", name="Sign out").click()
    expect(other_tab.get_by_role("heading", level=1)).to_have_text("Sign in.")

    opened.page.get_by_role("button", name="Add the department").click()
    expect(opened.page.get_by_role("heading", level=1)).to_have_text("Sign in again, then send it once more.")
    assert (opened.accessibility(), opened.scrolls_sideways()) == ([], False)
    with opened.page.context.expect_page() as new:
        opened.page.get_by_role("link", name="Sign in in a new tab").click()
    new.value.get_by_label("E-mail").fill(EMAIL)
    new.value.get_by_label("Password").fill(PASSWORD)
    new.value.keyboard.press("Enter")
    new.value.wait_for_url(lambda address: "/login" not in address)

    opened.page.get_by_role("button", name="Send it again").click()
    expect(opened.page.get_by_role("status")).to_have_text("Returns & “repairs” is added.")
    assert count(tracker, Department) == 1
    forgive(opened, 401)


def test_a_button_pressed_twice_sends_once(tracker: Served, window: Open) -> None:
    opened = window(tracker)
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/settings/people/1")
    sent: list[str] = []
    opened.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    opened.page.get_by_role("button", name="Make a sign-in link").dblclick()
    expect(opened.page.get_by_role("heading", level=1)).to_have_text("Send this link to Marta.")
    assert len(sent) == 1
    assert count(tracker, AuditEntry) == 1
    opened.page.go_back()
    opened.page.get_by_role("button", name="Make a sign-in link").click()
    expect(opened.page.get_by_role("heading", level=1)).to_have_text("Send this link to Marta.")
    assert len(sent) == 2


def test_light_and_dark_can_be_chosen_against_the_system(tracker: Served, window: Open) -> None:
    opened = window(tracker, theme="dark")
    opened.sign_in(EMAIL, PASSWORD)
    opened.open("/account")
    shown = opened.page.locator("html")
    expect(shown).to_have_attribute("data-bs-theme", "dark")
    opened.page.get_by_role("button", name="Light", exact=True).click()
    expect(shown).to_have_attribute("data-bs-theme", "light")
    opened.page.get_by_role("button", name="As the system").click()
    expect(shown).to_have_attribute("data-bs-theme", "dark")
