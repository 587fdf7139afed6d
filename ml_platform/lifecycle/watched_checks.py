"""Which checks decisions about a model are made from, and where each is found."""

from collections.abc import Iterator

from ml_platform.core import names
from ml_platform.core.facts import CheckName
from ml_platform.lifecycle.model import Model

JUDGED_BY = (
    CheckName.DRIFT,
    CheckName.MULTIVARIATE_DRIFT,
    CheckName.UNSEEN,
    CheckName.SCORE_DRIFT,
    CheckName.LABEL_DRIFT,
    CheckName.ESTIMATED_PERFORMANCE,
    CheckName.PERFORMANCE,
    CheckName.CONCEPT_DRIFT,
)
"""What a calm day is told by; each that could not be evaluated is named."""


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
    performance = model.path(names.PERFORMANCE)
    yield performance, names.PERFORMANCE_LEVEL, CheckName.PERFORMANCE, ""
    yield performance, names.CONCEPT_DRIFT, CheckName.CONCEPT_DRIFT, ""
    yield performance, names.LABEL_DRIFT, CheckName.LABEL_DRIFT, ""


def tables_of(model: Model) -> tuple[str, ...]:
    """The source tables that a model is made from."""
    sources = model.spec.sources
    return (sources.primary, *sources.lookups, sources.labels)
