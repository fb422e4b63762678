"""The call-reason reduction tracker: what customers call about, what was done, what it really saved."""

import gc

# What is imported stays: looking through it for circles, again and again while it grows, takes a third of a start.
gc.disable()

from flask import Flask  # noqa: E402

from app import cli, web  # noqa: E402
from app.config import Settings, read_settings  # noqa: E402
from app.db import Database  # noqa: E402
from app.jobs import Jobs  # noqa: E402

gc.freeze()
gc.enable()


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
