"""Every request that the application knows, each with an address that fits its rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule, UUIDConverter

FILES = ("static", "bootstrap.static")
NO_ID = 987654
NO_UUID = "00000000-0000-4000-8000-000000000000"
NAMED = {"week": "2026-W37", "month": "2026-09"}


@dataclass(frozen=True)
class Step:
    """One request of the walk."""

    endpoint: str
    method: str
    address: str

    @property
    def changes(self) -> bool:
        return self.method not in {"GET", "HEAD"}


def every_request(app: Flask) -> Iterator[Step]:
    """Each rule with each of its methods; what it names does not exist."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in FILES:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Step(rule.endpoint, method, _address(app, rule))


def _address(app: Flask, rule: Rule) -> str:
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            values[name] = NO_ID
        elif isinstance(converter, UUIDConverter):
            values[name] = NO_UUID
        else:
            values[name] = NAMED.get(name, "none")
    return app.url_map.bind("localhost").build(rule.endpoint, values)
