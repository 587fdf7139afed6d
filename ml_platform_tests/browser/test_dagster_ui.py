"""Dagster's UI as a person sees it: the graph, a failed check, and why a sensor waits.

``PICTURES_OF=.ml_platform python -m pytest ml_platform_tests/browser`` takes the README's pictures
of the state that a demo left, and saves them under ``docs/images``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from dagster import DagsterInstance
from playwright.sync_api import Locator, Page, expect

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.verdict import Verdict
from ml_platform.demo.scenario import MODEL
from ml_platform.engine.supervisor import Supervisor
from ml_platform.lifecycle.check_history import Finding, findings
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform_tests.browser.conftest import Picture
from ml_platform_tests.browser.small_state import DAYS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SENSOR = f"{MODEL}_retraining"

LINES = [
    ("features", "training_set", "candidate", "reference", "evaluation", "champion"),
    ("features", "predictions", "profiles", "drift", "estim…_performance", "verdict"),
    ("predictions", "inference_log", "performance"),
    ("labels", "training_set"),
]
STEPS = ("landing", "raw", "validated", "quarantine")
"""Of each of the three sources."""
# The one with the most to show comes first; each with a column of its table.
CHECKS = [
    (names.of_model(MODEL, names.DRIFT), names.COLUMN_DRIFT, "statistic"),
    (names.raw("flights"), names.READABLE, "problem"),
]


def left(shown: Locator) -> float:
    box = shown.bounding_box()
    assert box is not None
    return box["x"]


def failed_check(instance: DagsterInstance) -> tuple[Finding, str]:
    return next(
        (finding, column)
        for asset, check, column in CHECKS
        for finding in findings(instance, asset, check, 40)
        if finding.verdict is Verdict.FAILED and finding.partition
    )


def open_check(page: Page, asset: tuple[str, ...], check: str, partition: str) -> None:
    page.goto(f"/assets/{'/'.join(asset)}?view=checks&checkDetail={check}")
    page.get_by_text("Hide navigation").click()
    expect(page.get_by_role("tab", name="Execution history")).to_be_visible()
    page.get_by_role("tab", name="Partitions").last.click()
    page.get_by_placeholder("Filter by partition").fill(partition)
    page.get_by_title(partition).click()


def waiting_tick(instance: DagsterInstance) -> tuple[datetime, str]:
    """The newest tick of the sensor at which the policy decided to wait: when, and why."""
    [sensor] = [s for s in instance.all_instigator_state() if s.instigator_name == SENSOR]
    ticks = instance.get_ticks(sensor.instigator_origin_id, sensor.selector_id)
    return next(
        (datetime.fromtimestamp(tick.timestamp, UTC), str(tick.skip_reason))
        for tick in ticks
        if str(tick.skip_reason).startswith(f"{Action.WAIT}: ")
    )


def test_the_graph_reads_from_left_to_right(page: Page, picture: Picture) -> None:
    page.goto("/asset-groups")
    expect(page.get_by_text("flight_delay").first).to_be_visible()
    page.get_by_text("Hide navigation").click()
    page.get_by_placeholder("Jump to").locator("xpath=following::button[1]").click()
    page.keyboard.press("Alt+e")  # expand all groups
    for stage in sorted({stage for line in LINES for stage in line}):
        expect(page.get_by_text(stage, exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    for step in STEPS:
        expect(page.get_by_text(step, exact=True)).to_have_count(3)
    for line in LINES:
        places = [left(page.get_by_text(stage, exact=True)) for stage in line]
        assert places == sorted(set(places)), line
    picture("asset_graph")


def test_a_failed_check_shows_its_partition_and_its_table(
    page: Page, instance: DagsterInstance, picture: Picture
) -> None:
    found, column = failed_check(instance)
    open_check(page, found.asset, found.check, str(found.partition))
    expect(page.get_by_text(found.sentence).first).to_be_visible()
    expect(page.get_by_text("Failed (1)")).to_be_visible()
    expect(page.get_by_role("table").get_by_text(column, exact=True).first).to_be_visible()
    picture("failed_check")


def verdicts_on_drift(instance: DagsterInstance) -> list[Finding]:
    """The verdicts that a person has most to read of, newest first."""
    found = findings(instance, names.of_model(MODEL, names.VERDICT), names.VERDICT, 40)
    return [
        each for each in found if each.partition and each.sentence.startswith("covariate drift in")
    ]


def test_the_verdict_on_a_day_is_one_line(
    page: Page, instance: DagsterInstance, picture: Picture
) -> None:
    on_drift = verdicts_on_drift(instance)
    if not on_drift:
        pytest.skip("no day was judged yet: PICTURES_OF=<home of a demo> shows a state with some")
    found = on_drift[0]
    open_check(page, found.asset, found.check, str(found.partition))
    expect(page.get_by_text(found.sentence).first).to_be_visible()
    picture("verdict")


@pytest.mark.parametrize("day", [DAYS[0], DAYS[-1]], ids=str)
def test_each_day_of_a_range_shows_its_own_verdict(page: Page, day: date) -> None:
    open_check(page, names.validated("flights"), names.CONTRACT, day.isoformat())
    expect(page.get_by_text("Passed (1)")).to_be_visible()
    expect(page.get_by_text(re.compile("all [0-9]+ rows keep the contract"))).to_be_visible()


def test_the_sensor_says_why_it_waits(
    page: Page, instance: DagsterInstance, engine: Supervisor, picture: Picture
) -> None:
    moment, reason = waiting_tick(instance)
    decisions = Ledger(Lake(engine.settings.lake_root)).entries(MODEL)
    assert reason in [f"{entry.verdict}: {entry.reason}" for entry in decisions]
    page.goto(f"/locations/ml_platform/sensors/{SENSOR}")
    row = page.get_by_role("row").filter(has_text=f"{moment:%b} {moment.day}, {moment:%-I:%M:%S}")
    row.get_by_role("button", name="0 runs requested").click()
    expect(page.get_by_text(f"Skip reason: {reason}")).to_be_visible()
    picture("retraining_sensor")
