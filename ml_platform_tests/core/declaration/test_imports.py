"""What a module imports, and what the endpoint does without."""

from __future__ import annotations

import pytest

from ml_platform.core.declaration.imports import Import, imports_of, unserved


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pandas as pd", [Import("pandas", 1)]),
        ("\nfrom pandas.api import types", [Import("pandas.api", 2)]),
        ("from .words import WORDS", [Import("shop.model.words", 1)]),
        ("from . import words", [Import("shop.model.words", 1)]),
        ("from ..shared import X", [Import("shop.shared", 1)]),
        ("def late():\n    import pyspark", [Import("pyspark", 2)]),
    ],
)  # fmt: skip
def test_imports_are_read_without_running_them(source: str, found: list[Import]) -> None:
    assert imports_of(source, "shop.model") == found


def test_what_the_endpoint_does_without_is_told() -> None:
    assert unserved(Import("numpy.typing", 1)) is None
    assert "it imports pandas, and the endpoint" in str(unserved(Import("pandas.api", 1)))
