"""A request takes one value that says all; what is not there is refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.serving.errors import InvalidRequest, NoSuchModel, NotReady
from ml_platform.serving.live_models import CHALLENGER, CHAMPION, Challenger, LiveModel, LiveModels
from ml_platform.serving.reload import Reload
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.stores.deployment import LiveRollout, LiveVersion, model_folder
from ml_platform_tests.serving.test_service_metrics import value
from ml_platform_tests.serving.toy_endpoint import INPUTS, MODEL, held, make_live, rows

OTHER = "arrivals"


def verified(name: str, live: LiveVersion) -> None:
    """Every version is taken as signed."""


@pytest.fixture
def models() -> LiveModels:
    return LiveModels([MODEL])


@pytest.fixture
def reload(tmp_path: Path, models: LiveModels) -> Reload:
    counted = ServiceMetrics(tmp_path / ".metrics")
    return Reload(tmp_path, models, [MODEL], False, verified, counted)


def challenged(root: Path, models: LiveModels, percent: float) -> LiveModel:
    live = models.get(MODEL)
    rising = Challenger(live.champion, percent, (), "line-1")
    return replace(live, challenger=rising)


def test_a_model_without_a_champion_says_so_until_one_is_promoted(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    reload.look()
    with pytest.raises(NotReady, match="flight_delay has no champion yet"):
        models.get(MODEL)
    make_live(tmp_path, held(tmp_path, 1))
    reload.look()
    assert models.get(MODEL).champion.version == 1
    assert models.reasons == {}


def test_a_champion_that_is_taken_away_answers_no_more(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    make_live(tmp_path, held(tmp_path, 1))
    reload.look()
    make_live(tmp_path, None)
    reload.look()
    with pytest.raises(NotReady, match="the registry names none"):
        models.get(MODEL)


def test_each_change_that_a_worker_took_up_is_told_and_a_failed_one_is_not(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    def told() -> float | None:
        return value(tmp_path / ".metrics", "ml_platform_model_generation", model=MODEL)

    one, two = held(tmp_path, 1), held(tmp_path, 2)
    first = make_live(tmp_path, one).generation
    reload.look()
    assert told() == first
    make_live(tmp_path, replace(two, manifest_sha256="another"))
    reload.look()
    assert told() == first
    last = make_live(tmp_path, two).generation
    reload.look()
    assert (told(), last) == (first + 2, first + 2)


def test_going_back_loads_nothing(tmp_path: Path, models: LiveModels, reload: Reload) -> None:
    one, two = held(tmp_path, 1), held(tmp_path, 2)
    make_live(tmp_path, two, previous=one)
    reload.look()
    kept = models.get(MODEL).previous
    make_live(tmp_path, one, previous=two)
    reload.look()
    assert kept is not None
    assert models.get(MODEL).champion is kept


def test_a_version_that_cannot_be_loaded_leaves_the_present_one(
    tmp_path: Path, models: LiveModels, reload: Reload, caplog: pytest.LogCaptureFixture
) -> None:
    make_live(tmp_path, held(tmp_path, 1))
    reload.look()
    broken = held(tmp_path, 2)
    (model_folder(tmp_path, MODEL) / broken.path / "model.ubj").write_bytes(b"")
    make_live(tmp_path, broken)
    reload.look()
    assert models.get(MODEL).champion.version == 1
    assert "altered" in caplog.text


def test_the_first_version_that_cannot_be_loaded_is_the_reason(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    sound = held(tmp_path, 1)
    file = model_folder(tmp_path, MODEL) / sound.path / "model.ubj"
    kept = file.read_bytes()
    file.write_bytes(b"")
    make_live(tmp_path, sound)
    reload.look()
    assert "altered" in models.reasons[MODEL]
    file.write_bytes(kept)
    reload.look()
    assert "altered" in models.reasons[MODEL]


def test_what_could_not_be_loaded_is_tried_again(tmp_path: Path, models: LiveModels) -> None:
    counted = ServiceMetrics(tmp_path / ".metrics")
    reload = Reload(tmp_path, models, [MODEL], False, verified, counted, try_again_seconds=0.0)
    sound = held(tmp_path, 1)
    file = model_folder(tmp_path, MODEL) / sound.path / "model.ubj"
    kept = file.read_bytes()
    file.write_bytes(b"")
    make_live(tmp_path, sound)
    reload.look()
    assert "altered" in models.reasons[MODEL]
    file.write_bytes(kept)
    reload.look()
    assert models.get(MODEL).champion.version == 1


def test_a_challenger_that_cannot_be_loaded_does_not_keep_the_champion_out(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    one, two = held(tmp_path, 1), held(tmp_path, 2)
    (model_folder(tmp_path, MODEL) / two.path / "spec.json").write_bytes(b"{}")
    make_live(tmp_path, one, rollout=LiveRollout("canary", 50.0, (), two))
    reload.look()
    assert models.get(MODEL).champion.version == 1
    assert models.get(MODEL).challenger is None


def test_a_fault_that_nobody_expected_keeps_no_other_model_out_and_is_tried_again(
    tmp_path: Path, models: LiveModels, caplog: pytest.LogCaptureFixture
) -> None:
    """A declaration of a later release, say: there is no UserError for what is not known yet."""
    odd = held(tmp_path, 1, {"limits": {"stars": 5}})
    make_live(tmp_path, odd)
    make_live(tmp_path, held(tmp_path, 2, name=OTHER), rollout=None, name=OTHER)
    counted = ServiceMetrics(tmp_path / ".metrics")
    reload = Reload(tmp_path, models, [MODEL, OTHER], False, verified, counted, 0.0)

    reload.look()
    reload.look()

    assert models.get(OTHER).champion.version == 2
    assert "stars" in models.reasons[MODEL]
    assert caplog.text.count("the change of versions was not made") == 2
    make_live(tmp_path, held(tmp_path, 3), rollout=LiveRollout("canary", 50.0, (), odd))
    reload.look()
    assert models.get(MODEL).champion.version == 3


def test_a_challenger_that_needs_more_of_a_request_takes_no_part_and_the_champion_goes_on(
    tmp_path: Path, models: LiveModels, reload: Reload, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = held(tmp_path, 1), held(tmp_path, 2)
    three = held(tmp_path, 3, inputs={**INPUTS, "wind": "float64"})
    make_live(tmp_path, one, rollout=LiveRollout("canary", 50.0, (), two))
    reload.look()
    assert models.get(MODEL).challenger is not None
    assert value(tmp_path / ".metrics", "ml_platform_rollout_refused", model=MODEL) == 0
    make_live(tmp_path, one, rollout=LiveRollout("canary", 50.0, (), three))
    reload.look()
    assert models.get(MODEL).champion.version == 1
    assert models.get(MODEL).challenger is None
    assert models.reasons == {}
    assert "takes no part in a rollout" in caplog.text
    assert value(tmp_path / ".metrics", "ml_platform_rollout_refused", model=MODEL) == 1


def test_what_only_the_challenger_routes_by_may_come_to_the_champion(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    sent = {**rows(1), "customer": ["c-1"]}
    one = held(tmp_path, 1)
    two = held(tmp_path, 2, {"rollout": {"key": ["customer"]}})
    make_live(tmp_path, one)
    reload.look()
    with pytest.raises(InvalidRequest, match="no such column"):
        models.get(MODEL).contract.request(sent, 10)
    make_live(tmp_path, one, rollout=LiveRollout("canary", 50.0, ("customer",), two))
    reload.look()
    assert models.get(MODEL).contract.request(sent, 10).extra == {"customer": ["c-1"]}
    assert [each.contract.extra.keys() for each in models.champions] == [
        models.get(MODEL).contract.extra.keys()
    ]
    make_live(tmp_path, one)
    reload.look()
    with pytest.raises(InvalidRequest, match="no such column"):
        models.get(MODEL).contract.request(sent, 10)


def test_the_share_of_a_canary_is_answered_by_it_and_the_shadow_answers_none(
    tmp_path: Path, models: LiveModels, reload: Reload
) -> None:
    make_live(tmp_path, held(tmp_path, 1))
    reload.look()
    keys = [f"customer-{number}" for number in range(2000)]
    for percent, least, most in ((0.0, 0, 0), (25.0, 430, 570), (100.0, 2000, 2000)):
        live = challenged(tmp_path, models, percent)
        roles = [live.answering(key)[1] for key in keys]
        assert least <= roles.count(CHALLENGER) <= most
        assert roles.count(CHALLENGER) + roles.count(CHAMPION) == 2000
        assert roles == [live.answering(key)[1] for key in keys]
    assert models.get(MODEL).answering("anything")[1] == CHAMPION


def test_a_model_is_named_where_there_are_several() -> None:
    assert LiveModels([MODEL]).only() == MODEL
    with pytest.raises(NoSuchModel, match="name the model in the path; there are: arrivals"):
        LiveModels([MODEL, OTHER]).only()
    with pytest.raises(NoSuchModel, match="there are: none"):
        LiveModels().only()
    with pytest.raises(NoSuchModel, match='no model "arrivals" is served here'):
        LiveModels([MODEL]).get(OTHER)


def test_everything_that_is_published_is_served_where_all_is_asked_for(tmp_path: Path) -> None:
    models = LiveModels()
    counted = ServiceMetrics(tmp_path / ".metrics")
    make_live(tmp_path, held(tmp_path, 1, name=OTHER), name=OTHER)
    Reload(tmp_path, models, [], True, verified, counted).look()
    assert models.names == [OTHER]


def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(
    tmp_path: Path, models: LiveModels, reload: Reload, caplog: pytest.LogCaptureFixture
) -> None:
    make_live(tmp_path, held(tmp_path, 1))
    reload.look()
    (model_folder(tmp_path, MODEL) / "live.json").write_text("{")
    reload.look()
    assert models.get(MODEL).champion.version == 1
    assert StoreError.__name__ not in caplog.text
    assert "does not say what is live" in caplog.text
