"""Which checks decisions about a model are made from, and where each is found."""

from collections.abc import Iterator

from ml_platform.core import names
from ml_platform.core.facts import CheckName
from ml_platform.core.task import TASKS
from ml_platform.lifecycle.model import Model

_JUDGED_BY = (
    CheckName.DRIFT,
    CheckName.MULTIVARIATE_DRIFT,
    CheckName.UNSEEN,
    CheckName.SCORE_DRIFT,
    CheckName.LABEL_DRIFT,
    CheckName.EXPECTED_LABEL_RATE,
    CheckName.ESTIMATED_PERFORMANCE,
    CheckName.PERFORMANCE,
    CheckName.CONCEPT_DRIFT,
)


def judged_by(model: Model) -> tuple[CheckName, ...]:
    """What a calm day is told by; each that could not be evaluated is named."""
    without = () if expects_label_rate(model) else (CheckName.EXPECTED_LABEL_RATE,)
    return tuple(name for name in _JUDGED_BY if name not in without)


def expects_label_rate(model: Model) -> bool:
    """Whether predictions say how frequent a label will be: a predicted amount does not."""
    return TASKS[model.spec.task].decides


def watched_checks(model: Model) -> Iterator[tuple[tuple[str, ...], str, CheckName, str]]:
    """Asset, check, the name it goes by in the facts, and what tells apart checks of one name."""
    for table in tables_of(model):
        yield names.raw(table), names.READABLE, CheckName.CONTRACT, f"{table} file"
        yield names.validated(table), names.CONTRACT, CheckName.CONTRACT, table
        yield names.validated(table), names.QUALITY, CheckName.QUALITY, table
    drift = model.path(names.DRIFT)
    yield drift, names.COLUMN_DRIFT, CheckName.DRIFT, ""
    yield drift, names.UNSEEN_VALUES, CheckName.UNSEEN, ""
    yield drift, names.SCORE_DRIFT, CheckName.SCORE_DRIFT, ""
    yield model.path(names.VERDICT), names.MULTIVARIATE_DRIFT, CheckName.MULTIVARIATE_DRIFT, ""
    estimated = model.path(names.ESTIMATED_PERFORMANCE)
    yield estimated, names.ESTIMATED_LEVEL, CheckName.ESTIMATED_PERFORMANCE, ""
    if expects_label_rate(model):
        yield estimated, names.EXPECTED_LABEL_RATE, CheckName.EXPECTED_LABEL_RATE, ""
    performance = model.path(names.PERFORMANCE)
    yield performance, names.PERFORMANCE_LEVEL, CheckName.PERFORMANCE, ""
    yield performance, names.CONCEPT_DRIFT, CheckName.CONCEPT_DRIFT, ""
    yield performance, names.LABEL_DRIFT, CheckName.LABEL_DRIFT, ""


def tables_of(model: Model) -> tuple[str, ...]:
    """The source tables that a model is made from."""
    sources = model.spec.sources
    return (sources.primary, *sources.lookups, sources.labels)
