"""The project's declarations, copied, with a slip or a wish written into one of their files."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from dagster import Definitions
from dagster.components.testing import create_defs_folder_sandbox
from dagster.components.testing.utils import DefsFolderSandbox

from ml_platform.resources.environment import resources_for
from ml_platform.stores.settings import Settings
from ml_platform_tests.end_to_end.loop import DEFS


@contextlib.contextmanager
def _rewritten(folder: str, old: str, new: str, file: str) -> Iterator[DefsFolderSandbox]:
    with create_defs_folder_sandbox() as sandbox:
        shutil.copytree(
            DEFS,
            sandbox.defs_folder_path,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        place = sandbox.defs_folder_path / folder / file
        text = place.read_text(encoding="utf-8")
        assert old in text
        place.write_text(text.replace(old, new), encoding="utf-8")
        yield sandbox


@contextlib.contextmanager
def definitions_with(
    folder: str, old: str, new: str, file: str = "defs.yaml"
) -> Iterator[Definitions]:
    """What the declarations become when one of them says something else.

    Args:
        folder: of the declaration, below defs.
        old: what is written there.
        new: what is written there instead.
        file: that holds it.
    """
    with _rewritten(folder, old, new, file) as sandbox, sandbox.build_all_defs() as defs:
        yield Definitions.merge(defs, Definitions(resources=resources_for(Settings.from_env())))


def refusal_of(folder: str, old: str, new: str, file: str = "defs.yaml") -> str:
    """What a person reads who loads them, whatever Dagster wraps it in; nothing if all was loaded.

    The arguments are those of `definitions_with`.
    """
    said = []
    try:
        with definitions_with(folder, old, new, file):
            pass
    except Exception as refused:
        error: BaseException | None = refused
        while error is not None:
            said.append(str(error))
            error = error.__cause__ or error.__context__
    return "\n".join(said)
