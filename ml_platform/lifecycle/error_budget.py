"""The check ``error_budget`` from what the probes have recorded."""

from datetime import datetime

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.service_level.burn_rate import RULES
from ml_platform.core.service_level.error_budget import error_budget_outcome
from ml_platform.core.service_level.probe import probe_events, request_events
from ml_platform.core.serving_spec import ObjectivesSpec
from ml_platform.stores.probe_log import ProbeLog


def judged_budget(log: ProbeLog, objectives: ObjectivesSpec, now: datetime) -> CheckOutcome:
    """Judge how fast the budget is spent, by probes and by the requests they saw counted."""
    probes = log.since(now - max(rule.long for rule in RULES))
    events = {"probes": probe_events(probes), "requests": request_events(probes)}
    return error_budget_outcome(events, objectives.availability, objectives.window, now)
