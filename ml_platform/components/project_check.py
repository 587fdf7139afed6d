"""All that is wrong with a project, without running any of it: each fault once, where it is.

Dagster loads a project as a whole and ends at the first fault, which may then be told of another
model. Here every declaration is looked at by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence, Set
from importlib import import_module
from pathlib import Path

from dagster import Component
from pydantic import ValidationError

from ml_platform.components.declared_module import code_mistake
from ml_platform.components.managed_model import ManagedModel
from ml_platform.components.platform import Platform
from ml_platform.components.project_documents import Document, by_name, documents_of
from ml_platform.components.source_table import SourceTable
from ml_platform.core.declaration.mistake import DeclarationError, Mistake
from ml_platform.core.declaration.problem import Problem
from ml_platform.core.spec_errors import not_among
from ml_platform.lifecycle.model import Model

OWN = (SourceTable, ManagedModel, Platform)
_Kind = type[SourceTable] | type[ManagedModel] | type[Platform]
Looking = Callable[[Model], Sequence[Mistake]]
"""What else is looked for in a model that is in order so far: see `spark_mistakes`."""


def check_project(
    defs: Path,
    package: str,
    load: Callable[[], object] = lambda: None,
    look: Looking = lambda model: (),
) -> list[Problem]:
    """Everything that is wrong with a project, by file and line; nothing if all is in order.

    Args:
        defs: the folder of its declarations.
        package: dotted name of that folder, which can be imported.
        load: loads the project as Dagster does; called where nothing else was wrong.
        look: looks further into each model in which nothing else was wrong.
    """
    documents, problems = documents_of(defs, package)
    components: dict[int, Component] = {}
    for number, document in enumerate(documents):
        made = _component(document)
        if isinstance(made, list):
            problems += made
        elif made is not None:
            components[number] = made
    made_of = [(documents[number], component) for number, component in components.items()]
    problems += _twice(documents)
    problems += _within(made_of, look, set(by_name(documents)))
    if not problems:
        problems += _loaded(load, defs, package)
    return sorted(set(problems))


def _component(document: Document) -> Component | list[Problem] | None:
    """The component of a declaration, what is wrong with it, or None: it is not of this library."""
    kind = _kind(document)
    if kind is None or isinstance(kind, Problem):
        return None if kind is None else [kind]
    try:
        spec = kind.get_model_cls().model_validate(document.attributes)
    except ValidationError as error:
        return [_of_key(document, each["loc"], each["msg"]) for each in error.errors()]
    return kind(spec) if kind is Platform else kind(spec, document.package)  # type: ignore


def _kind(document: Document) -> _Kind | Problem | None:
    module, _, name = document.kind.rpartition(".")
    try:
        kind = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        valid = [f"ml_platform.{each.__name__}" for each in OWN]
        line = document.positions.children["type"].position.start.line
        return Problem(str(document.file), line, "type", not_among(document.kind, valid, "type"))
    return kind if kind in OWN else None


def _of_key(document: Document, path: Sequence[str | int], message: str) -> Problem:
    written = [part for part in path if part != "[key]"]
    said = message.removeprefix("Value error, ")
    # A message begins with its place below the model that was validated, which the key says whole.
    for first in range(len(written)):
        said = said.removeprefix(".".join(map(str, written[first:])) + ": ")
    return document.problem(said, *written)


def _twice(documents: Sequence[Document]) -> Iterator[Problem]:
    """Names that are given to two things: their assets and tables would be mixed."""
    for name, same in by_name(documents).items():
        for each in same[1:]:
            first = same[0]
            yield each.problem(
                f'"{name}" is declared in {first.file}:{first.line("name")} already; give one of '
                "them another name",
                "name",
            )


def _within(
    made: Sequence[tuple[Document, Component]], look: Looking, names: Set[str]
) -> Iterator[Problem]:
    """What is wrong with each table, model and platform beyond its declaration alone.

    Args:
        made: what could be made of the declarations.
        look: see `check_project`.
        names: that are declared, also by those of which nothing could be made.
    """
    tables = [component for _, component in made if isinstance(component, SourceTable)]
    platforms = [component for _, component in made if isinstance(component, Platform)]
    for document, component in made:
        try:
            if isinstance(component, SourceTable):
                component.source()
            elif isinstance(component, ManagedModel):
                yield from _of_channels(document, component, platforms)
                if _tables_of(component) & (names - {table.spec.name for table in tables}):
                    component.code()
                else:
                    yield from _placed(document, look(component.model(tables)))
        except DeclarationError as error:
            # What is wrong with a table is told there, and not once more by each of its models.
            if error.folder == document.package.replace(".", "/"):
                yield from _placed(document, error.mistakes)


def _tables_of(component: ManagedModel) -> set[str]:
    sources = component.spec.sources
    return {sources.primary, sources.labels, *sources.lookups}


def _of_channels(
    document: Document, component: ManagedModel, platforms: Sequence[Platform]
) -> Iterator[Problem]:
    for platform in platforms:
        try:
            platform.refuse_unknown_channels(component)
        except DeclarationError as error:
            yield from _placed(document, error.mistakes)


def _placed(document: Document, mistakes: Sequence[Mistake]) -> Iterator[Problem]:
    for mistake in mistakes:
        file = (document.file.parent / mistake.file).resolve()
        if file.name == document.file.name:
            yield document.problem(mistake.message, *filter(None, mistake.key.split(".")))
        else:
            line = mistake.line or _line_of(file, mistake.key)
            yield Problem(str(file), line, mistake.key, mistake.message)


def _line_of(file: Path, name: str) -> int:
    """The line at which a module gives something a name; 0 where it does not."""
    body = ast.parse(file.read_text(encoding="utf-8")).body if name else []
    return next((node.lineno for node in body if name in _names_of(node)), 0)


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets: Sequence[ast.expr] = node.targets if isinstance(node, ast.Assign) else ()
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _loaded(load: Callable[[], object], defs: Path, package: str) -> list[Problem]:
    """What Dagster says of a project in which nothing else is wrong."""
    try:
        load()
    except Exception as error:
        cause: BaseException = error
        while inner := cause.__cause__ or cause.__context__:
            cause = inner
        assert isinstance(cause, Exception)
        mistake = code_mistake(".", cause, package, "the definitions cannot be loaded")
        file = (defs / mistake.file).resolve()
        return [Problem(str(file), mistake.line or 0, "", mistake.message)]
    return []
