"""flask worker: does what the pages put into the queue."""

import logging

import click

from app.cli import saying
from app.jobs import Jobs


@click.command("worker", help="Do what the pages put into the queue: previews, imports, undo, counting.")
@saying.plainly
def command() -> None:
    """Work until a signal comes; a long import then goes on when the worker starts again."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    jobs = Jobs(saying.settings(), saying.database(), for_worker=True)
    jobs.consumer().run()
    jobs.close()
