"""Where everything lies: the checkout, its own working folder, and the user's cache."""

import hashlib
import os
import tempfile
from pathlib import Path

ADDON = "crm_lifecycle"


def short_hash(*parts):
    """Return a name of twelve characters for the given texts or bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:12]


#: The repository root, which is the addon, whatever the folder is called.
ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"

#: Databases, logs and pid files of this checkout (git-ignored; `make clean` removes it).
WORK = ROOT / ".work"

#: Where short paths of this checkout lie when its own are too long.
SHORT = Path(tempfile.gettempdir()) / f"{ADDON}-{os.getuid()}-{short_hash(ROOT)}"

#: The folder on Odoo's addons path, in which a link gives the checkout its technical name.
ADDONS = ROOT / ".addons"

#: Downloads, Odoo's source and Python environments, shared by all checkouts of the user.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / ADDON


def link_addon():
    """Offer the checkout to Odoo under its technical name."""
    link = ADDONS / ADDON
    ADDONS.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("..")


def short_folder(name):
    """Return a folder of this checkout whose path is short, as that of a Unix socket must be.

    It may have 107 bytes with the file's name, and a checkout may lie deep.
    """
    folder = WORK / name
    return folder if len(os.fsencode(folder)) <= 80 else SHORT / name
