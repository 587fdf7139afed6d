"""Which checks decisions about a model are made from, and where each is found."""

from collections.abc import Iterator

from ml_platform.core import names
from ml_platform.core.checks.catalogue import CATALOGUE
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
    """Asset, check, the name it goes by in the facts, and what tells apart checks of one name.

    Freshness, which is about no partition, is read apart.
    """
    watched = [check for check in CATALOGUE if check.fact and check.name != names.FRESHNESS]
    for check in watched:
        assert check.fact is not None
        if check.of_model:
            if check.name != names.EXPECTED_LABEL_RATE or expects_label_rate(model):
                yield model.path(check.stage), check.name, check.fact, ""
            continue
        for table in tables_of(model):
            about = f"{table} file" if check.name == names.READABLE else table
            yield (table, check.stage), check.name, check.fact, about


def tables_of(model: Model) -> tuple[str, ...]:
    """The source tables that a model is made from."""
    sources = model.spec.sources
    return (sources.primary, *sources.lookups, sources.labels)
