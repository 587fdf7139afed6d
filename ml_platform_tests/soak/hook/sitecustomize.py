"""Gives every Python process of a soak the moved clock: the file named here holds its offset.

Only what asks for the time of day sees it; waiting counts real seconds, as after a suspended
laptop. A fork loses the thread that follows the file, so each fork starts its own.
"""

import os
import threading
import time
from pathlib import Path

FOLLOW_SECONDS = 0.05


def follow(file: Path) -> None:
    import time_machine

    shown = float(file.read_text())
    moved = time_machine.travel(time.time() + shown, tick=True).start()
    real = time_machine.escape_hatch.time.time

    def keep_following() -> None:
        nonlocal shown
        pause = threading.Event()
        while not pause.wait(FOLLOW_SECONDS):
            offset = float(file.read_text() or shown)
            if offset != shown:
                shown = offset
                moved.move_to(real() + shown)

    def start_following() -> None:
        threading.Thread(target=keep_following, name="moved clock", daemon=True).start()

    os.register_at_fork(after_in_child=start_following)
    start_following()


if file := os.environ.get("SOAK_CLOCK"):
    follow(Path(file))
