"""A copy of the addon under its technical name, with only what belongs to it.

Some programs need it: they take the folder's name for the addon's, or follow links and would go
round through `.addons`, which leads back into the checkout.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

from . import paths

#: What the checkout holds beside the addon.
WORKBENCH = ("tools", "benchmarks")


@contextlib.contextmanager
def copied_addon(leave_out=()):
    """Yield a folder that can be put on the addons path: in it lies a copy of the addon."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "node_modules", *WORKBENCH, *leave_out)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(paths.ROOT, Path(folder) / paths.ADDON, ignore=ignored)
        yield Path(folder)
