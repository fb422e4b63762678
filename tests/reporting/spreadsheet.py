"""A spreadsheet program that works a workbook out anew: LibreOffice without a screen."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook

from tests.conftest import skip_or_fail

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
FOUND = re.compile(r"(</f>)<v>[^<]*</v>")


def without_results(made: bytes) -> bytes:
    """The workbook with its formulas and without what the application found for them."""
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            held = source.read(name)
            if name.startswith("xl/worksheets/"):
                held = FOUND.sub(r"\1", held.decode()).encode()
            target.writestr(name, held)
    return bare.getvalue()


def worked_out(made: bytes, folder: Path) -> Workbook:
    """The workbook as a spreadsheet program works it out from its inputs alone."""
    office = shutil.which("soffice")
    if office is None:
        skip_or_fail("TRACKER_REQUIRE_OFFICE", "There is no LibreOffice (soffice): workbooks are not worked out anew.")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    bare = folder / "bare.xlsx"
    bare.write_bytes(without_results(made))
    command = [str(office), f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(bare)], check=True, capture_output=True, timeout=100)
    return load_workbook(folder / "out" / "bare.xlsx", data_only=True)


def opened(made: bytes, *, values: bool = False) -> Workbook:
    """The workbook as it was written: formulas, or what the application found for them."""
    return load_workbook(io.BytesIO(made), data_only=values)


def facts(book: Workbook, sheet: str, column: str = "B") -> dict[str, object]:
    """What stands in a column beside each name of the first one; the last of two with one name."""
    return {row[0].value: book[sheet][f"{column}{row[0].row}"].value for row in book[sheet].iter_rows(max_col=1)}


def faults(book: Workbook) -> list[str]:
    """Every cell in which a spreadsheet program found an error."""
    return [
        f"{sheet.title}!{cell.coordinate}: {cell.value}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and re.match(r"#(REF|NAME|VALUE|DIV/0|N/A|NUM|NULL)|Err:", cell.value)
    ]
