"""CONTRIBUTING.md's part for developers, held against the package: its tree, and both walks."""

import ast
import re
from pathlib import Path

import pytest

import marginal_risk
from places import ROOT

PACKAGE = Path(marginal_risk.__file__).parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PART = GUIDE[GUIDE.index("\n## For developers") :]
WALKS = re.findall(r"<!-- walk: .*?-->\n(.*?)<!-- end of walk -->", PART, re.DOTALL)


def tree() -> list[str]:
    (text,) = re.findall(r"```text\nsrc/marginal_risk/\n(.*?)```", PART, re.DOTALL)
    return text.splitlines()


def named_in_tree() -> set[str]:
    """Return the files and folders of the tree, each as a path in the package."""
    names, room = set(), ""
    for line in tree():
        indent, name = re.match(r"( +)(\S+)  +\S", line).groups()  # type: ignore[union-attr]
        room = name if len(indent) == 2 else room
        names.add((name if len(indent) == 2 else room + name).rstrip("/"))
    return names


def test_the_tree_is_that_of_the_packages_docstring() -> None:
    docstring = [line.strip() for line in (marginal_risk.__doc__ or "").rstrip().splitlines()]
    start = docstring.index("src/marginal_risk/") + 1
    assert docstring[start:] == [line.strip() for line in tree()]


def test_the_tree_has_a_line_for_each_room_and_module_that_exists() -> None:
    found = set()
    for path in PACKAGE.iterdir():
        if path.name.startswith("_") or path.name == "py.typed":
            continue
        found.add(path.name)
        if path.is_dir():
            inner = (p for p in path.iterdir() if p.is_dir() and not p.name.startswith("_"))
            found |= {f"{path.name}/{folder.name}" for folder in inner}
    assert named_in_tree() == found


def defined_in(path: Path) -> set[str]:
    """Return the functions, classes and methods of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, kinds)}


@pytest.mark.parametrize("walk", WALKS, ids=["an entry", "a level"])
def test_every_function_of_a_walk_is_in_the_file_named_before_it(walk: str) -> None:
    path, looked_for = Path(), 0
    for name in re.findall(r"`([^`]+)`", walk):
        if name.startswith(("data/", "/")):
            continue
        if "/" in name or name.endswith(".py"):
            path = PACKAGE / name
            assert path.is_file(), name
        else:
            looked_for += 1
            assert name in defined_in(path), f"{name} in {path.relative_to(PACKAGE)}"
    assert looked_for >= 12


def test_there_are_two_walks() -> None:
    assert len(WALKS) == 2
