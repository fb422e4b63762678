"""The pages, by kind of user, the door of programs, and what all of them share."""

from flask import Flask

from app.config import Settings
from app.web import access, failures, frame, security
from app.web.admin import routes as admin
from app.web.everyone import routes as everyone
from app.web.lead import routes as lead
from app.web.programs import routes as of_programs
from app.web.sponsor import routes as sponsor
from app.web.team import routes as team


def install(app: Flask, settings: Settings) -> None:
    """Wire pages, sign-in, security and errors into the application."""
    app.config.update(MAX_CONTENT_LENGTH=settings.upload_limit_bytes)
    security.install(app, settings)
    access.install(app)
    frame.install(app, settings)
    failures.install(app)
    for pages in (everyone.pages, lead.pages, team.pages, sponsor.pages, admin.pages, of_programs.pages):
        app.register_blueprint(pages)
