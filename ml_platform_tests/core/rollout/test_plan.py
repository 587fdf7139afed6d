"""The steps of a rollout in their order."""

import pytest

from ml_platform.core.rollout.plan import Stage, next_stage, stages
from ml_platform.core.serving_spec import RolloutSpec


def test_the_shadow_comes_first_then_the_declared_shares() -> None:
    spec = RolloutSpec(canary=(1, 10, 50))
    assert [str(each) for each in stages(spec)] == [
        "shadow",
        "canary 1%",
        "canary 10%",
        "canary 50%",
    ]
    assert stages(RolloutSpec(shadow=False, canary=(5,))) == (Stage("canary", 5.0),)
    assert stages(RolloutSpec(canary=())) == (Stage("shadow"),)


@pytest.mark.parametrize(
    ("present", "following"),
    [("shadow", 5.0), (5.0, 25.0), (25.0, None), (3.0, 5.0), (7.0, 25.0), (50.0, None)],
)
def test_after_each_step_comes_the_next_larger_one(
    present: str | float, following: float | None
) -> None:
    stage = Stage("shadow") if present == "shadow" else Stage("canary", float(present))
    found = next_stage(RolloutSpec(), stage)
    assert (found.percent if found else None) == following
