from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from ml_platform.core.platform_spec import PlatformSpec


def test_channels_and_the_pause_are_read_from_the_declaration() -> None:
    spec = PlatformSpec.model_validate(
        {"channels": {"ops": ["json://localhost"], "console": []}, "repeat_after": "6 hours"}
    )

    assert spec.channels == {"ops": ("json://localhost",), "console": ()}
    assert spec.repeat_after == timedelta(hours=6)


def test_nothing_need_be_declared() -> None:
    assert PlatformSpec() == PlatformSpec(channels={}, repeat_after=timedelta(days=1))


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"chanels": {}}, 'did you mean "channels"'),
        ({"channels": {"Ops Team": []}}, "a name is small letters"),
        ({"repeat_after": "soon"}, "repeat_after"),
    ],
)
def test_a_slip_is_explained_with_the_key(declared: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PlatformSpec.model_validate(declared)
