"""What a protocol module offers: how requests are read and answers written."""

from __future__ import annotations

from typing import Protocol, TypeVar

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving.body import Headers
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.prediction import Prediction, PredictionRequest

Request = TypeVar("Request", bound=PredictionRequest)


class Wire(Protocol[Request]):
    """A protocol: a module with these functions is one."""

    def parse(
        self, body: bytes, headers: Headers, contract: InputContract, limits: LimitsSpec
    ) -> Request:
        """Read a request.

        Raises:
            InvalidRequest: the body is not what the protocol and the contract ask for.
        """

    def encode(self, prediction: Prediction, request: Request) -> bytes:
        """Write the answer to a request, as JSON."""
