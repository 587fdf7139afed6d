"""What the gate judges by: the candidate and its rivals on the same held-out rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ml_platform.core.parity import Parity
from ml_platform.core.performance.interval import Interval


@dataclass(frozen=True)
class SegmentScore:
    """The promotion metric of candidate and champion on the rows of one segment.

    `segment` is the column, `value` the value that its rows share.
    """

    segment: str
    value: str
    rows: int
    candidate: float
    champion: float | None


@dataclass(frozen=True)
class ExtremeScores:
    """The candidate's scores on rows made of nulls and extremes, `rows` of them.

    `in_unit_interval` is None where a score is no probability. `spread` is the largest minus the
    smallest score on the held-out and extreme rows together.
    """

    rows: int
    finite: bool
    in_unit_interval: bool | None
    spread: float


@dataclass(frozen=True)
class GateEvidence:
    """What was measured about a candidate; metrics by name, all on the same held-out rows.

    `champion` is None where there is none yet. `differences` are candidate minus champion, plain
    as `paired_difference` returns them; the gate knows which way is better. `base_rate` are the
    metrics of the best constant by the labels seen in training, which of 0 and 1 is the base rate
    (see `constant_score`); `rule` those of a trivial rule, None where the model has none.
    `extremes` and `parity` are None where no rows were scored for them.
    """

    candidate: Mapping[str, float]
    champion: Mapping[str, float] | None
    base_rate: Mapping[str, float]
    rule: Mapping[str, float] | None = None
    differences: Mapping[str, Interval] = field(default_factory=dict)
    segments: tuple[SegmentScore, ...] = ()
    extremes: ExtremeScores | None = None
    parity: Parity | None = None
