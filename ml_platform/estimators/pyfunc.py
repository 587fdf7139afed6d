"""The door for MLflow's own tools: `mlflow.pyfunc.load_model` on a registered model.

MLflow imports this module by name and hands it the artifact's folder; nothing is unpickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.scoring_model import ScoringModel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PyfuncModel:
    """A scoring model that takes and returns pandas frames."""

    model: ScoringModel

    def predict(self, frame: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return `score`, and `decision` where there is one, on the frame's own index.

        Raises:
            UserError: a column is absent or holds values of another kind.
        """
        import pandas as pd

        scores = self.model.score({str(name): frame[name].to_numpy() for name in frame.columns})
        decided = self.model.decide(scores)
        made = {"score": scores} | ({} if decided is None else {"decision": decided})
        return pd.DataFrame(made, index=frame.index)


def _load_pyfunc(data_path: str) -> PyfuncModel:
    """Load the artifact in `data_path`; MLflow calls this by this name."""
    return PyfuncModel(load_artifact(Path(data_path)))
