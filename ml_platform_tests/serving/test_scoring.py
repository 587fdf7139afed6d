"""Requests are scored together, each as if it were alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ml_platform.serving.prediction import PredictionRequest
from ml_platform.serving.scoring import Scored, Scoring
from ml_platform.serving.served_model import ServedModel, load_served_model
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.stores.deployment import LiveVersion, model_folder
from ml_platform_tests.estimators.toy_model import flights
from ml_platform_tests.serving.toy_endpoint import MODEL, held, rows
from ml_platform_tests.waiting import PATIENCE


def verified(name: str, live: LiveVersion) -> None:
    """Every version is taken as signed."""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[ServedModel]:
    root = tmp_path_factory.mktemp("scoring")
    return [
        load_served_model(model_folder(root, MODEL), MODEL, held(root, number), verified)
        for number in (1, 2)
    ]


@pytest.fixture
def metrics(tmp_path: Path) -> ServiceMetrics:
    return ServiceMetrics(tmp_path / ".metrics")


def request(count: int, seed: int) -> PredictionRequest:
    return PredictionRequest(rows(count, seed), count)


def nasty(count: int, seed: int) -> PredictionRequest:
    columns = {name: values.tolist() for name, values in flights(count, seed, nasty=True).items()}
    return PredictionRequest(columns, count)


async def scored_together(
    scoring: Scoring, asked: list[tuple[ServedModel, PredictionRequest]]
) -> list[Scored | BaseException]:
    futures = [scoring.score(served, each) for served, each in asked]
    answers = await asyncio.gather(*futures, return_exceptions=True)
    for each in futures:
        scoring.answered(each)
    return answers


def alone(served: ServedModel, asked: PredictionRequest) -> Scored:
    scores = served.model.score(asked.columns)
    decided = served.model.decide(scores)
    assert decided is not None
    return Scored(scores.tolist(), decided.tolist())


@pytest.mark.parametrize("made", [request, nasty])
def test_each_request_gets_the_bits_it_would_get_alone(
    versions: list[ServedModel], metrics: ServiceMetrics, made: Any
) -> None:
    asked = [(versions[i % 2], made(1 + i % 5, i)) for i in range(40)]
    answers = asyncio.run(scored_together(Scoring(metrics), asked))
    assert answers == [alone(*each) for each in asked]


def test_a_request_that_cannot_be_scored_does_not_harm_those_beside_it(
    versions: list[ServedModel], metrics: ServiceMetrics
) -> None:
    sound = request(2, 0)
    at_fault = PredictionRequest({**sound.columns, "distance": ["far", 1.0]}, 2)
    asked = [(versions[0], each) for each in (sound, at_fault, sound)]
    first, second, third = asyncio.run(scored_together(Scoring(metrics), asked))
    assert first == third == alone(versions[0], sound)
    assert isinstance(second, Exception)
    assert "distance" in str(second)


async def calls_of_three_requests(scoring: Scoring, served: ServedModel) -> list[bool]:
    """One request in work, two that come meanwhile: which are scored before it is answered?"""
    first = scoring.score(served, request(1, 0))
    await first
    others = [scoring.score(served, request(1, seed)) for seed in (1, 2)]
    await asyncio.sleep(0.01)
    before = [each.done() for each in others]
    scoring.answered(first)
    await asyncio.gather(*others)
    return before


def test_who_comes_while_others_are_logged_is_in_the_next_call(
    versions: list[ServedModel], metrics: ServiceMetrics
) -> None:
    before = asyncio.run(calls_of_three_requests(Scoring(metrics), versions[0]))
    assert before == [False, False]


async def one_gives_up(scoring: Scoring, served: ServedModel) -> Scored:
    """A request that is cancelled, in work or waiting, holds nobody up."""
    first = scoring.score(served, request(1, 0))
    await first
    waiting = scoring.score(served, request(1, 1))
    waiting.cancel()
    scoring.answered(waiting)
    scoring.answered(first)
    await asyncio.sleep(0)
    return await asyncio.wait_for(scoring.score(served, request(1, 2)), PATIENCE)


def test_a_request_that_is_given_up_holds_nobody_up(
    versions: list[ServedModel], metrics: ServiceMetrics
) -> None:
    answer = asyncio.run(one_gives_up(Scoring(metrics), versions[0]))
    assert answer == alone(versions[0], request(1, 2))
