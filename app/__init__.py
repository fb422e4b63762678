"""The call-reason reduction tracker: what customers call about, what was done, what it really saved."""

from flask import Flask

from app import cli, web
from app.config import Settings, read_settings
from app.db import Database
from app.jobs import Jobs


def create_app(settings: Settings | None = None) -> Flask:
    """The application with every step wired in; it opens no connection."""
    settings = settings or read_settings()
    app = Flask(__name__, static_folder="static", instance_path=str(settings.instance))
    app.extensions["settings"] = settings
    database = Database(settings.database_url)
    app.extensions["database"] = database
    app.extensions["jobs"] = Jobs(settings, database)
    web.install(app, settings)
    cli.install(app)
    return app
