"""A loop whose feature code was edited since its champion was trained."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ml_platform.core.model_spec import ModelSpec
from ml_platform_tests.end_to_end.loop import DEFS, MODEL, Loop

HERE = f"ml_platform.defs.models.{MODEL}"
Edits = Mapping[str, Sequence[tuple[str, str]]]
Edit = Callable[..., Loop]
_NUMBERS = count()


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Makes the loop that a team has after it edited its modules: text by text, by module."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def edited(loop: Loop, edits: Edits, **declared: Any) -> Loop:
        package = f"edited_{next(_NUMBERS)}"
        made.append(package)
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").touch()
        for module in ("preprocess", "features"):
            text = DEFS.joinpath("models", MODEL, f"{module}.py").read_text().replace(HERE, package)
            for former, new in edits.get(module, ()):
                assert former in text, former
                text = text.replace(former, new)
            (folder / f"{module}.py").write_text(text)
        importlib.invalidate_caches()
        features = importlib.import_module(f"{package}.features")
        preprocess = importlib.import_module(f"{package}.preprocess")
        other = loop.having()
        spec = ModelSpec.model_validate(loop.model.spec.resolved() | declared)
        other.__dict__["model"] = replace(
            loop.model,
            spec=spec,
            features=features.features,
            features_module=features.__name__,
            lookback=timedelta(days=features.LOOKBACK_DAYS),
            inputs=preprocess.INPUTS,
            preprocess_module=preprocess.__name__,
        )
        return other

    yield edited
    for name in [each for each in sys.modules if each.partition(".")[0] in made]:
        del sys.modules[name]
