"""Ways of writing that a machine can see; each finding is a sentence with its place."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tests.architecture.sources import Module, imports_of

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
NAMES_OF_NOTHING = frozenset({"utils", "util", "common", "helpers", "helper", "core", "manager", "managers", "misc"})
WRITING_METHODS = frozenset({"add", "add_all", "commit", "delete", "flush", "merge"})
WRITING_FUNCTIONS = frozenset({"upsert", "bulk_insert"})
WRITING_STATEMENTS = frozenset({"insert", "update", "delete"})
CLOCKS = frozenset({"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(modules: Mapping[str, Module]) -> list[str]:
    """Files and functions that want to be split."""
    found = []
    for module in modules.values():
        if module.line_count > MOST_LINES:
            found.append(
                f"{module.path} has {module.line_count} lines; split it by what it holds ({MOST_LINES} at most)."
            )
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    found.append(
                        f"{module.path}:{node.lineno} {node.name} has {lines} lines; "
                        f"split it by what it does ({MOST_FUNCTION_LINES} at most)."
                    )
    return found


def empty_names(modules: Mapping[str, Module]) -> list[str]:
    """Files and folders whose name says nothing about what they hold."""
    return [
        f"{module.path}: a module is named after what it holds, and “{part}” holds anything."
        for module in modules.values()
        for part in PurePosixPath(module.path).with_suffix("").parts
        if part in NAMES_OF_NOTHING
    ]


def clock_readers(modules: Mapping[str, Module]) -> list[str]:
    """Modules that look at the clock themselves; only app/clock.py does."""
    found = []
    for module in modules.values():
        if module.name == "app.clock":
            continue
        named = {one.target for one in imports_of(module, modules)} & {"time.time", "time.time_ns"}
        found += [f"{module.path} imports {name}: ask app.clock, or be told the time." for name in sorted(named)]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (name := _last_two(node.func)) in CLOCKS:
                found.append(f"{module.path}:{node.lineno} calls {name}: ask app.clock, or be told the time.")
    return found


def writing_queries(modules: Mapping[str, Module]) -> list[str]:
    """Queries that write."""
    found = []
    for module in _files_of(modules, "queries"):
        for one in imports_of(module, modules):
            top, _, name = one.target.rpartition(".")
            if top.split(".")[0] == "sqlalchemy" and name in WRITING_STATEMENTS:
                found.append(f"{one.place} imports {one.target}: queries never write; that is for actions.")
        found += [
            f"{module.path}:{node.lineno} calls {what}: queries never write; that is for actions."
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and (what := _write(node))
        ]
    return found


def _write(call: ast.Call) -> str:
    """What a call changes in a database, or nothing."""
    function = call.func
    first = call.args[0] if call.args else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in {"text", "exec_driver_sql"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
        verb = (first.value.split() or [""])[0].lower()
        return f'{name}("{verb} ...")' if verb in WRITING_STATEMENTS else ""
    if name in WRITING_FUNCTIONS:
        return name
    if not isinstance(function, ast.Attribute):
        return ""
    on = _last_two(function.value).rpartition(".")[2]
    if on == "session" and (name in WRITING_METHODS or name.startswith("bulk_")):
        return f"session.{name}"
    if name in WRITING_STATEMENTS and (on in {"sa", "sqlalchemy"} or not (call.args or call.keywords)):
        return f"{on}.{name}"
    return ""


def silent_commits(modules: Mapping[str, Module], steps: tuple[str, ...]) -> list[str]:
    """Functions of a step that commit without saying why; the caller's unit of work commits."""
    found = []
    for module in modules.values():
        if len(module.parts) < 2 or module.parts[1] not in steps:
            continue
        for function in ast.walk(module.tree):
            if not isinstance(function, Function) or "commit" in (ast.get_docstring(function) or "").lower():
                continue
            found += [
                f"{module.path}:{node.lineno} {function.name} commits: the caller's unit of work does, "
                "unless the docstring says why."
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and _last_two(node.func) == "session.commit"
            ]
    return found


def sessionless(modules: Mapping[str, Module]) -> list[str]:
    """Public queries and actions whose first argument is not the session."""
    found = []
    for module in (*_files_of(modules, "queries"), *_files_of(modules, "actions")):
        for node in module.tree.body:
            if not isinstance(node, Function) or node.name.startswith("_"):
                continue
            arguments = [*node.args.posonlyargs, *node.args.args]
            if not arguments or arguments[0].arg != "session":
                found.append(f"{module.path}:{node.lineno} {node.name}: its first argument is not the session.")
    return found


def backward_tables(modules: Mapping[str, Module]) -> list[str]:
    """Tables that know who points at them."""
    return [
        f"{module.path}:{node.lineno} names {node.arg}: a table knows what it points at, never who points at it."
        for module in modules.values()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        for node in call.keywords
        if node.arg in {"back_populates", "backref"}
    ]


def _files_of(modules: Mapping[str, Module], word: str) -> Iterator[Module]:
    return (module for module in modules.values() if len(module.parts) > 2 and module.parts[2] == word)


def _last_two(node: ast.expr) -> str:
    """`datetime.now` of `datetime.now` and of `datetime.datetime.now`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _last_two(node.value).rpartition(".")[2]
        return f"{owner}.{node.attr}" if owner else node.attr
    return ""
