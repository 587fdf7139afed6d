"""A new version may need no more of a request than the champion's contract asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.lifecycle.rollout_inputs import inputs_beyond
from ml_platform.stores.registered_version import RegisteredVersion

KNOWN = {"distance": "double", "carrier": "string"}


def version(folder: Path, number: int, inputs: Mapping[str, str] | None) -> RegisteredVersion:
    path = folder / str(number)
    path.mkdir()
    (path / "spec.json").write_text(json.dumps({} if inputs is None else {"input_columns": inputs}))
    return RegisteredVersion("m", number, "run", path, "source")


@pytest.mark.parametrize(
    ("inputs", "beyond"),
    [
        (KNOWN, []),
        ({"carrier": "string"}, []),
        ({**KNOWN, "wind": "double"}, ["wind"]),
        ({"distance": "int", "carrier": "string"}, ["distance"]),
    ],
)
def test_a_column_is_beyond_the_champion_by_its_name_or_its_type(
    tmp_path: Path, inputs: Mapping[str, str], beyond: list[str]
) -> None:
    assert inputs_beyond(version(tmp_path, 1, KNOWN), version(tmp_path, 2, inputs)) == beyond


def test_an_artifact_that_does_not_say_what_it_needs_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not say which inputs the model needs"):
        inputs_beyond(version(tmp_path, 1, None), version(tmp_path, 2, KNOWN))
