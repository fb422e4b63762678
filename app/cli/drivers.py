"""flask drivers: what contacts grow with, like orders or customers, from files."""

import time
from functools import partial
from pathlib import Path

import click

from app import clock
from app.cli import saying, totals
from app.contacts.rules import DATE_ORDERS
from app.counting.rules import GRAINS


@click.group("drivers", help="Take in what contacts grow with, like orders or customers.")
def commands() -> None:
    """Group of the commands about drivers."""


@commands.command("import", help="Take in the figures of FILE; the same file again brings nothing new.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--driver", default="", metavar="NAME", help="The driver, where no column of the file names it.")
@click.option("--unit", default="", metavar="WORDS", help="What it counts, like orders a day.")
@click.option("--every", "grain", type=click.Choice(GRAINS), help="How long each period is; else seen from the dates.")
@click.option("--date-order", type=click.Choice(DATE_ORDERS), help="How dates of numbers alone are read.")
@click.option("--strict", is_flag=True, help="End with status 1 where a row was rejected.")
@saying.json_option
@saying.plainly
def import_(  # noqa: PLR0913
    *, file: Path, driver: str, unit: str, grain: str | None, date_order: str | None, strict: bool, as_json: bool
) -> None:
    """Take in a file of drivers."""
    from app.contacts.files import File
    from app.counting import driver_imports
    from app.counting.period_rows import read_drivers

    begun, database = time.monotonic(), saying.database()
    rows = read_drivers(File(file, file.name), date_order)
    choices = driver_imports.DriverChoices(driver, unit, grain)
    take_in = partial(driver_imports.take_in, file=rows, choices=choices, by=saying.COMMAND_LINE, at=clock.now())
    file_id = database.write(take_in)
    totals.answer(file_id, driver_imports.KIND, begun, strict=strict, as_json=as_json)


@commands.command("undo", help="Take the drivers file FILE_ID back; what it had replaced holds again.")
@click.argument("file_id", type=int)
@saying.json_option
@saying.plainly
def undo(*, file_id: int, as_json: bool) -> None:
    """Take a file of drivers back."""
    from app.counting import driver_imports

    totals.take_back(file_id, driver_imports.remove, as_json=as_json)
