"""Names of writers: never used twice, sortable by start, readable by a person."""

from __future__ import annotations

import os
import socket
import time
from uuid import uuid4


def new_name() -> str:
    """A name for a log that this process begins now: when, where, which process, and chance."""
    started = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    return f"{started}-{socket.gethostname().split('.')[0]}-{os.getpid()}-{uuid4().hex[:8]}"
