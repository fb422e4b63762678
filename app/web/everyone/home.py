"""The way to one's daily work."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from app.web import frame
from app.web.access import EVERYBODY, allow
from app.web.everyone.blueprint import pages

DAILY_WORK = {
    "agent": "lead.contact_new",
    "lead": "lead.inbox",
    "team": "everyone.ranking",
    "sponsor": "sponsor.savings",
    "finance": "sponsor.savings",
    "admin": "admin.settings",
}


@pages.get("/")
@allow(*EVERYBODY)
def home() -> ResponseReturnValue:
    """To the page where the worn role's work is."""
    return redirect(url_for(DAILY_WORK[frame.worn_role()]))
