"""Headers, cookies, tokens, and pages that a strict policy lets through."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.db import Database
from app.people.rules import ROLES
from tests.builders import make_user
from tests.web.pages import Element, read
from tests.web.walking import every_request

APP = Path(__file__).resolve().parents[2] / "app"
ADDRESSES = (
    "/login",
    "/healthz",
    "/nowhere",
    "/audit",
    "/static/css/base.css",
    "/static/none.css",
    "/static/htmx.min.js",
)


def directives(policy: str) -> dict[str, str]:
    return dict(one.strip().split(" ", 1) for one in policy.split(";"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers_also_files_redirects_and_errors(client: FlaskClient, address: str) -> None:
    answer = client.get(address, buffered=True)
    policy = directives(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_is_not_kept_by_browsers_and_a_file_is(client: FlaskClient) -> None:
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/css/base.css", buffered=True).headers["Cache-Control"]


def session_cookie(app: Flask, database: Database) -> str:
    """The header that sets the session cookie when somebody opens the sign-in page."""
    app.config["WTF_CSRF_ENABLED"] = True
    database.write(make_user)
    scheme = "https" if app.config["SESSION_COOKIE_SECURE"] else "http"
    found = app.test_client().get("/login", base_url=f"{scheme}://localhost").headers.getlist("Set-Cookie")
    assert len(found) == 1
    return found[0]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, database_of_app: Database) -> None:
    cookie = session_cookie(app, database_of_app)
    assert cookie.startswith("tracker=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_behind_tls_the_session_cookie_is_bound_to_this_host(settings: Settings) -> None:
    app = create_app(replace(settings, secure_cookies=True))
    cookie = session_cookie(app, app.extensions["database"])
    assert cookie.startswith("__Host-tracker=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    app.extensions["database"].close()


def test_the_theme_cookie_is_kept_a_year_and_as_safe(signed_in: Callable[..., FlaskClient]) -> None:
    cookie = signed_in("lead").post("/account/theme", data={"theme": "dark"}).headers["Set-Cookie"]
    assert cookie.startswith("theme=dark; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * 86400}"} <= set(cookie.split("; "))


def test_the_session_ends_after_a_shift(app: Flask) -> None:
    assert app.config["PERMANENT_SESSION_LIFETIME"].total_seconds() == 12 * 3600
    assert app.config["SESSION_REFRESH_EACH_REQUEST"] is False


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(0, "10.0.0.9", "http"), (1, "203.0.113.7", "https"), (2, "198.51.100.1", "https")],
)
def test_the_visitors_address_is_taken_from_as_many_proxies_as_are_trusted(
    settings: Settings, proxies: int, address: str, scheme: str
) -> None:
    app = create_app(replace(settings, proxies=proxies))
    seen: list[str] = []
    app.before_request(lambda: seen.extend([request.remote_addr or "", request.scheme]))
    app.test_client().get(
        "/healthz",
        headers={"X-Forwarded-For": "192.0.2.99, 198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https, https"},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert seen == [address, scheme]
    app.extensions["database"].close()


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/login?next=%00"), ("POST", "/login"), ("GET", "/link/%00"), ("GET", "/ranking?q=a%00b")],
)
def test_a_nul_that_no_database_can_hold_is_not_understood(
    client: FlaskClient, database_of_app: Database, method: str, address: str
) -> None:
    database_of_app.write(make_user)
    answer = client.open(address, method=method, data={"email": "a\x00b"} if method == "POST" else None)
    assert (answer.status_code, "not understood" in answer.text) == (400, True)


def test_a_number_that_no_row_can_have_leads_to_nothing(signed_in: Callable[..., FlaskClient]) -> None:
    admin = signed_in("admin")
    assert admin.get(f"/settings/people/{2**31 - 1}").status_code == 404
    for number in (2**31, 2**63, 10**30):
        assert admin.get(f"/settings/people/{number}").status_code == 404


def inline_code(element: Element) -> Iterator[str]:
    """What a strict policy would not let through."""
    if element.tag == "style" or (element.tag == "script" and not element.get("src")):
        yield f"<{element.tag}> in the page"
    for name, value in element.attributes.items():
        if name == "style" or name.startswith("on"):
            yield f"{name} on <{element.tag}>"
        if name in {"href", "src", "action", "formaction"} and re.match(r"\s*(javascript|data):|(https?:)?//", value):
            yield f"{name}={value} on <{element.tag}>"


def test_what_the_policy_forbids_would_be_found() -> None:
    page = read(
        '<body onload="x()"><style>p{}</style><p style="color:red">x</p><script>y()</script>'
        '<a href="javascript:z()">z</a><img src="//cdn.example/x.png"><script src="/static/js/theme.js"></script>'
    )
    assert [words for element in page.elements for words in inline_code(element)] == [
        "onload on <body>",
        "<style> in the page",
        "style on <p>",
        "<script> in the page",
        "href=javascript:z() on <a>",
        "src=//cdn.example/x.png on <img>",
    ]


def test_no_page_holds_inline_code_or_style_or_anything_from_another_host(
    app: Flask, signed_in: Callable[..., FlaskClient]
) -> None:
    client, seen = signed_in(*ROLES), 0
    for step in every_request(app):
        answer = client.open(step.address, method=step.method, buffered=True)
        if answer.mimetype == "text/html" and not answer.is_json and answer.status_code not in {301, 302, 303, 308}:
            found = [words for element in read(answer.text).elements for words in inline_code(element)]
            assert found == [], f"{step.method} {step.address}"
            seen += 1
    assert seen > 20


@pytest.mark.parametrize("template", sorted((APP / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_inline_code_or_style(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert re.findall(r"<style|<script(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)=|javascript:", source) == []
    assert re.findall(r"\|\s*safe\b|autoescape\s+false", source) == []


def test_every_form_that_changes_something_carries_a_token() -> None:
    for template in sorted((APP / "templates").rglob("*.html")):
        source = template.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b.*?</form>", source, re.DOTALL):
            if re.search(r'method="post"', form):
                assert re.search(r"csrf|person_fields|form\.hidden_tag", form), f"{template.name}: {form[:80]}"
