"""Whose fault it is that code beside a declaration cannot be imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml_platform.components.declared_module import declared_class, declared_module
from ml_platform.core.declaration.mistake import DeclarationError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a declaration in a package called shop_of_things."""
    folder = tmp_path / "shop_of_things" / "defs" / "returns"
    folder.mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "shop_of_things"]:
        del sys.modules[name]


PACKAGE = "shop_of_things.defs.returns"


def refused(name: str = "features") -> str:
    with pytest.raises(DeclarationError) as error:
        declared_module(PACKAGE, name, "features")
    return str(error.value)


def test_a_library_whose_name_begins_the_packages_is_what_is_missing(package: Path) -> None:
    (package / "features.py").write_text("import numpy\nimport shop\n")
    assert refused() == (
        "shop_of_things/defs/returns/features.py:2: features.py cannot be imported: "
        "ModuleNotFoundError: No module named 'shop'"
    )


@pytest.mark.parametrize("name", ["features", "lib.features"])
def test_a_module_that_is_not_there_is_what_is_missing(package: Path, name: str) -> None:
    file = name.replace(".", "/")
    assert refused(name) == (
        f'shop_of_things/defs/returns/defs.yaml, features: "{name}" is declared, but there is no '
        f"{file}.py beside defs.yaml"
    )


def test_a_fault_is_told_of_the_file_that_holds_it(package: Path) -> None:
    (package / "words.py").write_text("WORDS = (\n    'a',\n    'b'\n\nX = 1\n")
    (package / "features.py").write_text("from .words import WORDS\n")
    assert refused().startswith(
        "shop_of_things/defs/returns/words.py:1: features.py cannot be imported: SyntaxError: '('"
    )


def test_a_class_that_is_not_there_is_told_with_those_that_are(package: Path) -> None:
    (package / "contract.py").write_text("class Orders:\n    pass\n")
    with pytest.raises(DeclarationError, match=r'"Order" is not in contract.py, which has Orders'):
        declared_class(PACKAGE, "contract.Order", "contract")
