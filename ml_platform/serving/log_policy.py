"""What of a request is logged: all, a sample with its weight, with personal data as digests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ml_platform.core.log_record import LogRecord
from ml_platform.core.log_sampling import is_sampled
from ml_platform.core.redaction import Redaction
from ml_platform.core.serving_spec import LogSpec
from ml_platform.stores.request_log.redaction_key import redaction_key

NOTHING_REDACTED = Redaction((), b"")


@dataclass(frozen=True)
class LogPolicy:
    """Which requests are logged, and what is left out of them.

    Attributes:
        sample: probability of a request to be logged.
        redaction: inputs that are logged as keyed digests.
    """

    sample: float = 1.0
    redaction: Redaction = NOTHING_REDACTED

    @classmethod
    def of(cls, spec: LogSpec, key_file: Path) -> LogPolicy:
        """The policy that a model declares.

        Args:
            spec: as declared.
            key_file: of the key of digests; made where it is needed and missing.

        Raises:
            ConfigError: the key file is no key, or others may read it.
        """
        key = redaction_key(key_file) if spec.redact else b""
        return cls(spec.sample, Redaction(spec.redact, key))

    def kept(self, record: LogRecord) -> LogRecord | None:
        """The record as it shall be logged; None where it is not sampled."""
        if self.sample < 1:
            if not is_sampled(record.request_id, self.sample):
                return None
            record = replace(record, sampling_weight=1 / self.sample)
        if self.redaction.columns:
            record = replace(record, columns=self.redaction.of(record.columns))
        return record
