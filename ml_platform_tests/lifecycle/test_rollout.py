"""The rollout sensor: facts from the log, the labels and the endpoint; a line, then the move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ml_platform.core.ledger import EntryKind
from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.policy import decide
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.step import Cause, Move, Step, recorded
from ml_platform.lifecycle.rollout import take
from ml_platform.stores import champion_moves, rollout_moves
from ml_platform.stores.ledger import Ledger
from ml_platform_tests.lifecycle.answered import BEGAN, at, log_of, traffic
from ml_platform_tests.lifecycle.counting_endpoint import CountingEndpoint, counting_endpoint
from ml_platform_tests.lifecycle.rollout_home import MODEL, RolloutHome
from ml_platform_tests.stores.broken_aliases import break_aliases, mend_aliases


@pytest.fixture
def home(rollout_home: RolloutHome) -> RolloutHome:
    return rollout_home


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingEndpoint]:
    with counting_endpoint(tmp_path / "metrics") as made:
        monkeypatch.setenv("ML_PLATFORM_ENDPOINT", made.url)
        yield made


def rising(home: RolloutHome) -> tuple[str, float] | None:
    found = home.live.rollout
    return found and (found.stage, found.percent)


def test_a_sound_version_goes_from_shadow_through_the_canary_to_champion(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    ticks, log = home.ticks(), log_of(home)
    assert rising(home) == ("shadow", 0.0)
    traffic(log, range(100), "shadow")

    assert "next: canary 5%" in ticks.next()[1]
    assert rising(home) == ("canary", 5.0)
    for stage in (("canary", 25.0), None):
        # The canary's requests count from the beginning of its stage.
        later = datetime.now(UTC) + timedelta(seconds=1)
        for number in range(60):
            log.request(len(log.rows), 2, "challenger", later, (0.3, 0.5))
            log.request(len(log.rows), 1, "champion", later, (0.3, 0.5), took=2.5 + number)
        log.write()
        endpoint.answers(MODEL, 2, "challenger", 60)
        endpoint.answers(MODEL, 1, "champion", 60)
        ticks.next()
        assert rising(home) == stage

    assert (home.live.champion.version, home.live.previous.version) == (2, 1)
    *_, promotion = home.past
    assert (promotion.kind, promotion.evidence["former"]) == (EntryKind.PROMOTION, 1)
    assert home.said == [
        ("rollout_started", "gate_passed"),
        ("rollout_advanced", "step_done"),
        ("rollout_advanced", "step_done"),
        ("promoted", "step_done"),
    ]
    assert ticks.next() == ([], "no rollout is under way")


@pytest.mark.parametrize(
    ("bad", "signal"),
    [({"apart": 0.2}, "difference to the champion's scores .2"), ({"took": 60.0}, "slow answers")],
    ids=["diverging", "slow"],
)
def test_a_bad_version_is_rolled_back_and_says_why(
    home: RolloutHome, endpoint: CountingEndpoint, bad: dict[str, float], signal: str
) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(30), "shadow", **bad)

    assert signal in home.ticks().next()[1]
    assert rising(home) is None
    assert home.said[-1] == ("rollout_rolled_back", "alarm")
    assert home.live.champion.version == 1
    assert signal in home.registry.version(MODEL, 2).tags["refused"]


def test_a_canary_that_fails_is_rolled_back_by_what_the_endpoint_counted(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(100), "shadow")
    ticks = home.ticks()
    ticks.next()
    endpoint.answers(MODEL, 2, "challenger", 20, failed=20)
    endpoint.answers(MODEL, 1, "champion", 400)

    assert "error rate .5 over 40 requests, limit .01" in ticks.next()[1]
    assert home.said[-1] == ("rollout_rolled_back", "alarm")


def test_an_endpoint_that_cannot_be_asked_holds_a_canary_and_says_so_once(
    home: RolloutHome, endpoint: CountingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.begin(2, 1, BEGAN)
    log = log_of(home)
    traffic(log, range(100), "shadow")
    ticks = home.ticks()
    ticks.next()
    later = datetime.now(UTC) + timedelta(seconds=1)
    for number in range(60):
        log.request(200_000 + number, 2, "challenger", later, (0.3,))
    log.write()
    monkeypatch.setenv("ML_PLATFORM_ENDPOINT", f"{endpoint.url}/nowhere")

    for _ in range(3):
        assert "error rate not evaluated: the endpoint" in ticks.next()[1]
    assert home.said[-1] == ("rollout_held", "not_evaluated")
    assert len(home.said) == 3
    assert rising(home) == ("canary", 5.0)


def test_without_requests_it_waits_and_says_so_once(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    ticks = home.ticks()
    for _ in range(2):
        assert "no requests for version 2 in shadow yet" in ticks.next()[1]
    assert home.said == [("rollout_started", "gate_passed"), ("rollout_held", "no_requests")]


def test_a_step_that_was_cut_short_is_finished_by_a_later_tick(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(100), "shadow")
    ticks = home.ticks()
    break_aliases(home.home)
    with pytest.raises(Exception, match="the disk is full"):
        ticks.next()
    assert home.said[-1] == ("rollout_advanced", "step_done")
    assert rising(home) == ("shadow", 0.0)
    mend_aliases(home.home)

    assert ticks.next()[1] == "rollout_advanced: in the making"
    line, before = home.past[-1], home.said
    assert rollout_moves.finish(home.registry, line, line.decided_at + champion_moves.GRACE)
    assert rising(home) == ("canary", 5.0)
    ticks.next()
    assert home.said == before


def test_a_role_that_somebody_takes_in_mlflow_ends_the_rollout(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    home.registry.release(MODEL, 2, "shadow")
    assert "version 2 is no longer shadow in the registry" in home.ticks().next()[1]
    assert home.said[-1] == ("rollout_ended", "role_taken")


def test_who_ends_a_rollout_while_the_sensor_looks_is_not_overruled(home: RolloutHome) -> None:
    begun, past = home.begin(2, 1, BEGAN), home.past
    standing = running(past)
    assert standing is not None
    end = Step(Move.END, Cause.REQUESTED, "by hand")
    Ledger(home.lake).append(recorded(end, standing, decided_at=datetime.now(UTC), by="Ada"))

    late = Step(Move.ADVANCE, Cause.STEP_DONE, "done", Stage("canary", 5.0))
    told = take(Ledger(home.lake), home.registry, past, standing, late, datetime.now(UTC))

    assert "the ledger has a new line" in str(told.skip_message)
    assert [each.verdict for each in home.past] == [begun.verdict, "rollout_ended"]
    assert rising(home) == ("shadow", 0.0)


def test_each_line_can_be_replayed_from_what_it_holds(
    home: RolloutHome, endpoint: CountingEndpoint
) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(100), "shadow")
    home.ticks().next()
    first, second = home.past
    standing = running([first])
    assert standing is not None
    facts = RolloutFacts.from_json(second.evidence["facts"])
    again = decide(home.model.spec.serving.rollout, standing, facts)
    assert (again.move, again.cause, again.reason) == (
        second.verdict,
        second.cause,
        second.reason,
    )


def test_the_ledger_tells_what_was_live_when(home: RolloutHome, endpoint: CountingEndpoint) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(100), "shadow")
    home.ticks().next()
    assert home.roles_at(at(1)) == [(2, "shadow")]
    assert home.roles_at(datetime.now(UTC)) == [(2, "canary")]
