"""Every action that the trail is told has a name of one shape, so that people can filter by it and find all."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "app").rglob("*.py")}
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "app").rglob("*.py"))]
SHAPE = re.compile(r"[a-z]+(_[a-z]+)*\.([a-z]+_)*([a-z]+(ed|en)(_again)?|done|undone|set|made|begun|taken_back)")
FEWEST = 40


def names_told() -> set[str]:
    """What every call of trail.record in the application says that was done."""
    return {name for tree in TREES for function in functions(tree) for name in told_by(function, tree)}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def told_by(function: ast.FunctionDef, tree: ast.Module) -> Iterator[str]:
    for call in calls(function, "record"):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "trail":
            yield from spelled(call.args[1], function, tree)


def calls(inside: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(inside):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def spelled(node: ast.expr, function: ast.FunctionDef, tree: ast.Module) -> list[str]:
    """Every text that an expression may stand for: written there, kept under a name, or handed to the function."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*spelled(node.body, function, tree), *spelled(node.orelse, function, tree)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(parts) for parts in product(*(spelled(part, function, tree) for part in node.values))]
    if isinstance(node, ast.FormattedValue):
        return spelled(node.value, function, tree)
    if isinstance(node, ast.Attribute):
        return kept_in(MODULES[ast.unparse(node.value)], node.attr)
    assert isinstance(node, ast.Name), ast.unparse(node)
    return handed(node.id, function, tree) or assigned(node.id, function, tree)


def handed(name: str, function: ast.FunctionDef, tree: ast.Module) -> list[str]:
    """What the callers of a function give for one of its arguments."""
    arguments = [one.arg for one in function.args.args]
    if name not in arguments:
        return []
    place = arguments.index(name)
    return [
        text
        for caller in functions(tree)
        for call in calls(caller, function.name)
        for text in spelled(call.args[place], caller, tree)
    ]


def assigned(name: str, function: ast.FunctionDef, tree: ast.Module) -> list[str]:
    return [
        text
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
        for text in spelled(node.value, function, tree)
    ]


def kept_in(tree: ast.Module, name: str) -> list[str]:
    """The text under a name of a module, also where several are given at once."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names = ast.unparse(node.targets[0]).strip("()").split(", ")
            values = ast.literal_eval(node.value) if name in names else ()
            if name in names:
                return [values if isinstance(values, str) else values[names.index(name)]]
    return []


def test_every_action_is_named_by_what_it_is_about_and_what_happened() -> None:
    names = names_told()
    assert len(names) >= FEWEST, sorted(names)
    assert [name for name in sorted(names) if not SHAPE.fullmatch(name)] == []


def test_names_are_found_however_they_reach_the_trail() -> None:
    names = names_told()
    written, chosen, handed_on, put_together, kept = (
        "ask.director_named",
        "action.opened_again",
        "person.password_set",
        "reason.owner_named",
        "demo.loaded",
    )
    assert {written, chosen, handed_on, put_together, kept} <= names
