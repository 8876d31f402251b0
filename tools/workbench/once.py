"""Folders of the shared cache that are built once, also when two checkouts want them at once.

A folder counts only when its last file, the mark, is there: a build that was killed starts again.
"""

import contextlib
import fcntl
import shutil
import time

from . import paths

MARK = ".finished"


@contextlib.contextmanager
def lock(name, step=None):
    """Let one process of the user at a time do what the name stands for."""
    folder = paths.CACHE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if step:
                step.say("waiting for another run that is building it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build_once(folder, build, step=None):
    """Make the folder by calling `build()` unless it is finished; tell whether it was built now."""
    mark = folder / MARK
    if mark.exists():
        return False
    with lock(folder.name, step):
        if mark.exists():
            return False
        remove(folder)
        folder.mkdir(parents=True)
        build()
        mark.touch()
    return True


def remove(folder):
    """Remove a half-made folder, into which a program of a killed run may still be writing."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)
