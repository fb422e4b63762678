"""Holds the imports of app/ against the picture of the house; each finding is a sentence that names the import."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.architecture.sources import Import, Module, imports_of


@dataclass(frozen=True, slots=True)
class Reach:
    """What a file of a step may import: words of its own step, words of earlier steps, rooms of the ground."""

    own: frozenset[str] | None
    earlier: frozenset[str] | None
    ground: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The house as data: who stands where and may know whom."""

    steps: tuple[str, ...]
    ground: Mapping[str, frozenset[str]]
    tops: Mapping[str, frozenset[str]]
    reach: Mapping[str, Reach]
    libraries: Mapping[str, frozenset[str]]
    pure: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.reach)

    @property
    def rooms(self) -> frozenset[str]:
        return frozenset((*self.steps, *self.ground, *self.tops))


def wrong_imports(modules: Mapping[str, Module], picture: Picture) -> list[str]:
    """Every import that the picture does not allow."""
    found = []
    for module in modules.values():
        if len(module.parts) > 1 and module.parts[1] not in picture.rooms:
            found.append(
                f"{module.path}: app/{module.parts[1]} is in no place of the picture; give it one there first."
            )
            continue
        for one in imports_of(module, modules):
            reason = _library(one, picture) if one.target.split(".")[0] != "app" else _room(one, picture)
            if reason:
                found.append(f"{one.place} imports {one.target}: {reason}.")
    return found


def _library(one: Import, picture: Picture) -> str:
    top = one.target.split(".")[0]
    module = one.importer
    if top in sys.stdlib_module_names:
        return ""
    if top == "tests":
        return "the application does not know its tests"
    named = [name for name in picture.libraries if f"{one.target}.".startswith(f"{name}.")]
    if not named:
        return f"nobody in app/ may import {top}"
    allowed = picture.libraries[max(named, key=len)]
    if _word(module) == "rules" and module.name not in picture.pure:
        return "rules know values and the standard library only"
    if any(f"{module.name}.".startswith(f"{place}.") for place in allowed):
        return ""
    return f"{top} is for {', '.join(sorted(place.removeprefix('app.') for place in allowed))}"


def _room(one: Import, picture: Picture) -> str:
    importer, target = one.importer.parts, one.target.split(".")
    if importer == ("app",):
        return ""
    if len(target) == 1 or (len(target) > 1 and target[1] not in picture.rooms):
        return "app/__init__.py knows everyone, so nobody may know it"
    here, there = importer[1], target[1]
    if here in picture.ground:
        return "" if there in picture.ground[here] else f"{here} is ground and carries the house, it does not enter it"
    if here in picture.tops:
        ok = there not in picture.tops or there in picture.tops[here]
        return "" if ok else f"{here} does not go through {there}"
    if there in picture.tops:
        return f"{here} is a step, and a step never calls {there}, which stands above it"
    return _in_step(one, picture, here, there)


def _in_step(one: Import, picture: Picture, here: str, there: str) -> str:
    word = _word(one.importer)
    reach = picture.reach.get(word)
    target = one.target.split(".")
    other = target[2] if len(target) > 2 else ""
    if there in picture.ground:
        ok = reach is None or reach.ground is None or there in reach.ground
        return "" if ok else f"{word} of a step may not know {there}"
    if picture.steps.index(there) > picture.steps.index(here):
        return f"{here} comes before {there} on the trail, and a step never imports a later one"
    if reach is None:
        return ""
    allowed = reach.own if there == here else reach.earlier
    if allowed is None or other in allowed or (there == here and other not in picture.words):
        return ""
    whose = "its own step" if there == here else "an earlier step"
    return f"{word} may import {' and '.join(sorted(allowed))} of {whose}, not {other or 'the whole of it'}"


def _word(module: Module) -> str:
    return module.parts[2] if len(module.parts) > 2 else ""


def impure_rules(modules: Mapping[str, Module], picture: Picture) -> list[str]:
    """Rules that reach a database, Flask, the clock or the settings through others, with the way there."""
    found = []
    for module in modules.values():
        if _word(module) != "rules" and module.name not in picture.pure:
            continue
        way = _way_to_impurity(module, modules, ())
        if way:
            found.append(f"{module.path} is not pure, it reaches {way[-1]}: {' -> '.join(way)}.")
    return found


IMPURE = frozenset({"app.db", "app.clock", "app.config", "sqlalchemy", "flask", "psycopg", "sqlite3", "huey"})


def _way_to_impurity(module: Module, modules: Mapping[str, Module], before: tuple[str, ...]) -> tuple[str, ...]:
    way = (*before, module.name)
    for one in imports_of(module, modules):
        if one.target in IMPURE or one.target.split(".")[0] in IMPURE:
            return (*way, one.target)
        if one.target in modules and one.target not in way:
            longer = _way_to_impurity(modules[one.target], modules, way)
            if longer:
                return longer
    return ()


def circles(modules: Mapping[str, Module]) -> list[str]:
    """Each ring of modules that import one another, once."""
    edges = {name: sorted({one.target for one in imports_of(module, modules)}) for name, module in modules.items()}
    done: set[str] = set()
    found: list[str] = []

    def walk(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            found.append(" -> ".join((*way[way.index(name) :], name)))
            return
        if name in done or name not in edges:
            return
        for target in edges[name]:
            walk(target, (*way, name))
        done.add(name)

    for name in edges:
        walk(name, ())
    return found
