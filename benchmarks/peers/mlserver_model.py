"""The benchmark's model in MLServer: its own runtime class, one tensor of shape [n, 20] in."""

from pathlib import Path

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from benchmarks.serving_features import FEATURES
from ml_platform.estimators.artifact import load_artifact


class Scorer(MLModel):
    async def load(self) -> bool:
        self._scoring = load_artifact(Path(self.settings.parameters.uri))
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0])
        scores = self._scoring.score({name: rows[:, place] for place, name in enumerate(FEATURES)})
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("score", scores)]
        )
