"""The declarations of a project as they are written, each value with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dagster_shared.yaml_utils import parse_yamls_with_source_position
from dagster_shared.yaml_utils.source_position import SourcePositionTree

from ml_platform.core.declaration.problem import Problem

FILE = "defs.yaml"


@dataclass(frozen=True)
class Document:
    """One declaration.

    Attributes:
        file: that holds it.
        package: dotted name of the folder it stands in.
        kind: the type it declares.
        attributes: what it says.
        positions: of every value in the file.
    """

    file: Path
    package: str
    kind: str
    attributes: Any
    positions: SourcePositionTree

    def line(self, *path: str | int) -> int:
        """The line of a key below ``attributes``, or of the nearest one above that is written."""
        here = self.positions.children.get("attributes", self.positions)
        for part in path:
            # YAML reads the bare words on and off as truth values, where they are keys too.
            spelt = [part, {"on": True, "off": False}.get(str(part), part)]
            below = next((here.children[p] for p in spelt if p in here.children), None)
            if below is None:
                break
            here = below
        return int(here.position.start.line)

    def problem(self, message: str, *path: str | int) -> Problem:
        """A problem at a key below ``attributes``."""
        key = ".".join(str(part) for part in path)
        return Problem(str(self.file), self.line(*path), key, message)


def documents_of(defs: Path, package: str) -> tuple[list[Document], list[Problem]]:
    """Every declaration below a folder, and those files that hold none that can be read.

    Args:
        defs: the project's folder of declarations.
        package: its dotted name.
    """
    found: list[Document] = []
    problems: list[Problem] = []
    for file in sorted(defs.rglob(FILE)):
        inside = file.parent.relative_to(defs).parts
        try:
            found += _documents(file, ".".join([package, *inside]))
        except yaml.YAMLError as error:
            mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
            line = 0 if mark is None else mark.line + 1
            problems.append(Problem(str(file), line, "", f"this is no YAML: {why or error}"))
        except UnicodeDecodeError as error:
            problems.append(Problem(str(file), 0, "", f"this is no UTF-8 text: {error}"))
        except _Unkeyed as error:
            problems.append(Problem(str(file), error.line, "", str(error)))
    return found, problems


class _Unkeyed(Exception):
    """A document that is not made of the keys a declaration has."""

    def __init__(self, line: int) -> None:
        super().__init__("expected the key type, and attributes below it")
        self.line = line


def _documents(file: Path, package: str) -> Iterator[Document]:
    for tree in parse_yamls_with_source_position(file.read_text(encoding="utf-8"), str(file)):
        declared, positions = tree.value, tree.source_position_tree
        if not isinstance(declared, Mapping) or not isinstance(declared.get("type"), str):
            raise _Unkeyed(int(positions.position.start.line))
        yield Document(file, package, declared["type"], declared.get("attributes") or {}, positions)


def by_name(documents: Sequence[Document]) -> Mapping[str, list[Document]]:
    """Declarations by the name that they give to what they declare."""
    named: dict[str, list[Document]] = {}
    for each in documents:
        if isinstance(each.attributes, Mapping) and isinstance(each.attributes.get("name"), str):
            named.setdefault(each.attributes["name"], []).append(each)
    return named
