"""What the user sees: numbered steps with their time, and failures said in one sentence."""

import contextlib
import time


class Problem(Exception):  # noqa: N818 - what the user has, not an error of ours
    """An expected failure: one sentence that says what is wrong and what to do."""


class Step:
    """One line of progress; `say` adds to it while the step is running."""

    def __init__(self, number, total, title):
        self.started = time.monotonic()
        self.result = "ready"
        self._write(f"[{number}/{total}] {title} ...")

    def say(self, text):
        """Add what is being done now to the line."""
        self._write(f" {text},")

    def close(self, result):
        """End the line with the result and the time taken."""
        seconds = time.monotonic() - self.started
        self._write(f" {result} ({seconds:.0f} s)\n")

    @staticmethod
    def _write(text):
        print(text, end="", flush=True)


class Progress:
    """Counts the steps of one command."""

    def __init__(self, total):
        self.total = total
        self.number = 0

    @contextlib.contextmanager
    def step(self, title):
        """Print one line for the block; the block may set `step.result`."""
        self.number += 1
        step = Step(self.number, self.total, title)
        try:
            yield step
        except BaseException:
            step.close("FAILED")
            raise
        step.close(step.result)


def say(text=""):
    """Print a line for the user."""
    print(text, flush=True)
