"""Probe: a sensor that asks the endpoint for a known answer, and tells when its budget burns."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from dagster import (
    AssetCheckEvaluation,
    AssetKey,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)
from pydantic import TypeAdapter

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import single_result
from ml_platform.lifecycle.error_budget import judged_budget
from ml_platform.lifecycle.golden_request import golden_request
from ml_platform.lifecycle.model import Model
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.endpoint_address import ADDRESS_FILE, read_address
from ml_platform.stores.endpoint_probe import probe
from ml_platform.stores.probe_log import ProbeLog
from ml_platform.stores.settings import Settings

RELOAD_SECONDS: Final = 2.5
"""A worker has a new champion within two seconds; another version's answer may be news by then."""
_AGAIN_AFTER = 3600.0  # seconds; so often a burn that lasts is reported again


@dataclass(frozen=True)
class _Told:
    """The verdict on the budget that was reported last, and when."""

    verdict: Verdict = Verdict.NOT_EVALUATED
    at: float = 0.0


_CURSOR = TypeAdapter(_Told)


def probe_sensor(model: Model, settings: Settings) -> SensorDefinition:
    """The sensor ``<model>_probe``.

    It reports the check ``error_budget`` where its verdict changes, and once an hour while the
    budget burns, so that the alerts tell of it again. Nothing of it asks for a retraining.
    """

    @sensor(
        name=f"{model.name}_probe",
        minimum_interval_seconds=settings.tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Asks the endpoint for the score of a golden row, which is known to the last bit; a "
            "wrong, late or missing answer is an outage. Keeps each look and the endpoint's "
            "counters, and reports the check `error_budget` of the service report."
        ),
    )
    def look(context: SensorEvaluationContext, lake: LakeResource) -> SensorResult | SkipReason:
        found = probe_endpoint(model.name, settings)
        if isinstance(found, str):
            return SkipReason(found)
        log = ProbeLog(lake.open(), model.name)
        log.append(found)
        outcome = judged_budget(log, model.spec.serving.objectives, found.at)
        told = _CURSOR.validate_json(context.cursor) if context.cursor else _Told()
        after, news = _next(told, outcome.verdict, found.at.timestamp())
        return SensorResult(
            asset_events=[_evaluation(model, outcome)] if news else [],
            cursor=_CURSOR.dump_json(after).decode(),
            skip_reason=_said(found, outcome),
        )

    return look


def probe_endpoint(model: str, settings: Settings) -> Probe | str:
    """Look at the endpoint once; where there is none to look at, say why.

    An endpoint that was started and is gone without having been stopped is an outage.
    """
    root = settings.serving_root
    if settings.endpoint is None and not (root / ADDRESS_FILE).exists():
        return (
            "no endpoint was started: `ml-platform serve` starts one here, ML_PLATFORM_ENDPOINT "
            "names one elsewhere"
        )
    own = None if settings.endpoint else read_address(root)
    if own is not None and own.models and model not in own.models:
        return f"the endpoint serves {', '.join(own.models)} only"
    return _look(model, settings)


def _look(model: str, settings: Settings) -> Probe | str:
    """Look; and once more where the champion may have been moved just now."""
    for first in (True, False):
        golden = golden_request(settings.serving_root, model)
        if golden is None:
            return f"{model} has no champion that is served"
        url = settings.endpoint_url
        if url is None:
            return Probe(datetime.now(UTC), ok=False, error="the endpoint's process is gone")
        found = probe(url, model, golden, settings.read_endpoint_token())
        if not first or found.version in (None, golden.version):
            break
        time.sleep(RELOAD_SECONDS)
    return found


def _next(before: _Told, verdict: Verdict, now: float) -> tuple[_Told, bool]:
    """What is to be remembered after a look, and whether it is to be reported."""
    again = verdict.violated and now - before.at >= _AGAIN_AFTER
    if not verdict.evaluated or (verdict is before.verdict and not again):
        return before, False
    return _Told(verdict, now), True


def _said(found: Probe, outcome: CheckOutcome) -> str:
    if not found.ok:
        return f"unavailable: {found.error}"
    answered = f"version {found.version} answered rightly in {found.latency_ms:.1f} ms"
    return f"{answered}; {outcome.sentence}" if outcome.verdict.violated else answered


def _evaluation(model: Model, outcome: CheckOutcome) -> AssetCheckEvaluation:
    path = model.path(names.SERVICE_REPORT)
    result = single_result(path, names.ERROR_BUDGET, outcome)
    return AssetCheckEvaluation(
        asset_key=AssetKey(list(path)),
        check_name=names.ERROR_BUDGET,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
    )
