"""The flask commands, a file a step."""

from flask import Flask

from app.cli import db


def install(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for group in (db.commands,):
        app.cli.add_command(group)
