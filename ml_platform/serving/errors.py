"""Why a request is not answered with a prediction: a status and a sentence for its sender."""

from __future__ import annotations

from ml_platform.core.errors import UserError


class RequestRefused(UserError):
    """A request that gets no prediction.

    Attributes:
        status: HTTP status of the answer.
        kind: one word for the count of errors: as the classes below have it.
        field: the input or key of the body at fault, where there is one.
        reason: what is wrong, for the sender.
        retry_after: seconds after which it may be worth to ask again, where it may.
    """

    kind = "refused"

    def __init__(
        self,
        status: int,
        reason: str,
        field: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.field, self.retry_after = status, reason, field, retry_after


class InvalidRequest(RequestRefused):
    """The body is not what the model's contract asks for: 400, 413, 415 or 422."""

    kind = "invalid"

    def __init__(self, status: int, field: str | None, reason: str) -> None:
        super().__init__(status, reason, field)


class NoSuchModel(RequestRefused):
    """No model of that name is served here: 404."""

    kind = "no_model"

    def __init__(self, reason: str) -> None:
        super().__init__(404, reason)


class NotReady(RequestRefused):
    """The endpoint cannot answer now: no champion yet, or its log cannot be written: 503."""

    kind = "not_ready"

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(503, reason, retry_after=retry_after)


class Overloaded(RequestRefused):
    """More requests are in work than the declared limit: 503.

    No single sender asked too much, as 429 would say, so it counts as a failure of the endpoint
    (https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4).
    """

    kind = "overloaded"

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(503, reason, retry_after=retry_after)
