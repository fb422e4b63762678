"""flask totals and flask drivers, as a script calls them."""

import json
from pathlib import Path

from flask import Flask

KEYS = {
    "batch", "source", "format", "read", "new", "updated", "unchanged", "rejected", "ignored", "untagged",
    "rejects_file", "first_day", "last_day", "remarks", "seconds",
}  # fmt: skip
TOTALS = "period_start,reason,channel,contacts,handle_seconds\n2026-01-01,Late,phone,40,8000\n2026-02-01,Late,fog,5,\n"


def test_totals_come_in_with_the_counts_of_every_import(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "totals.csv"
    path.write_text(TOTALS)
    command = ["totals", "import", str(path), "--source", "Switch", "--every", "month"]
    answer = app.test_cli_runner().invoke(args=[*command, "--json"])
    assert answer.exit_code == 0, answer.output
    facts = json.loads(answer.stdout)
    assert set(facts) == KEYS
    assert (facts["read"], facts["new"], facts["rejected"], facts["source"]) == (2, 1, 1, "Switch")
    assert (facts["first_day"], facts["last_day"]) == ("2026-01-01", "2026-01-31")
    assert "“fog” is no channel" in Path(facts["rejects_file"]).read_text()
    again = app.test_cli_runner().invoke(args=[*command, "--strict"])
    assert again.exit_code == 1
    ranking = ["ranking", "show", "--from", "2026-01-10", "--to", "2026-02-01"]
    refused = app.test_cli_runner().invoke(args=ranking)
    assert refused.exit_code == 1
    assert "take only a part of 1 Jan - 31 Jan 2026. Choose days that are made of whole months." in refused.stderr
    undone = app.test_cli_runner().invoke(args=["totals", "undo", str(facts["batch"]), "--json"])
    assert json.loads(undone.stdout) == {"batch": facts["batch"], "removed": 1}
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0
    missing = app.test_cli_runner().invoke(args=["totals", "import", "gone.csv", "--source", "S", "--every", "day"])
    assert (missing.exit_code, missing.stderr.strip()) == (
        1,
        "gone.csv cannot be read: No such file or directory. Nothing was taken in.",
    )


def test_drivers_come_in_by_their_own_dates(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "drivers.csv"
    path.write_text("period_start,value\n2026-01-05,100\n2026-01-12,120\n")
    command = ["drivers", "import", str(path), "--json"]
    nameless = app.test_cli_runner().invoke(args=command)
    assert nameless.exit_code == 1
    assert "which driver" in nameless.stderr
    facts = json.loads(app.test_cli_runner().invoke(args=[*command, "--driver", "orders"]).stdout)
    assert set(facts) == KEYS
    assert (facts["new"], facts["source"], facts["rejects_file"]) == (2, None, None)
    facts = json.loads(app.test_cli_runner().invoke(args=[*command, "--driver", "orders"]).stdout)
    assert (facts["new"], facts["unchanged"]) == (0, 2)
    assert app.test_cli_runner().invoke(args=["drivers", "undo", "1"]).exit_code == 0
