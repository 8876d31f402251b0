"""Odoo 19: a checkout given by ODOO_PATH, else the package of Debian unpacked in the cache."""

import os
from pathlib import Path

from . import paths
from .debian import Archive, unpack
from .once import build_once
from .shell import require_space
from .steps import Problem

#: Odoo's package, and those its links point to: unpacked into the same root they resolve.
#: Font Awesome 4.7 is bookworm's; sid has 7, whose files are named otherwise: no icons.
PACKAGES = (
    "odoo-19/sid",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-roboto-unhinted/sid",
    "fonts-montserrat/sid",
    "fonts-inconsolata/sid",
    "fonts-ocr-b/sid",
    "fonts-glyphicons-halflings/sid",
    "fonts-font-awesome/bookworm",
)
#: Files that the package lacks although Odoo lists them: the empty file keeps the bundle free of
#: an error that would fail every tour.
MISSING_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


class OdooSource:
    """Where Odoo is: the folder to import it from, its addons, and what version it is."""

    def __init__(self, folder):
        self.folder = folder

    @property
    def addons_path(self):
        """Folders of addons that Odoo does not find by itself: a checkout keeps most apart."""
        apart = self.folder / "addons"
        return [apart] if (apart / "crm").is_dir() else []

    @property
    def version(self):
        """Return a text that changes when the source is another one."""
        return paths.short_hash(self.folder, (self.folder / "odoo" / "release.py").read_bytes())


def prepare(step):
    """Return the source of Odoo, downloading it if needed."""
    if os.environ.get("ODOO_PATH"):
        source = given_source(Path(os.environ["ODOO_PATH"]).expanduser().resolve())
        step.result = f"found in {source.folder}"
        return source
    root = paths.CACHE / f"odoo-{paths.short_hash(*PACKAGES, *MISSING_FILES)}"
    if build_once(root, lambda: unpack_packages(root, step), step):
        step.result = "unpacked"
    return OdooSource(root / "usr/lib/python3/dist-packages")


def given_source(folder):
    """Check that the folder given by the user holds Odoo 19."""
    release = folder / "odoo" / "release.py"
    if not release.exists() or "version_info = (19," not in release.read_text():
        raise Problem(f"ODOO_PATH={folder} is not a checkout of Odoo 19: give another folder.")
    return OdooSource(folder)


def unpack_packages(root, step):
    """Fill the root with Odoo and what its package expects beside it."""
    require_space(paths.CACHE, 2500)
    files = Archive(("sid", "bookworm"), step).download(PACKAGES)
    step.say("unpacking")
    unpack(files, root)
    for name in MISSING_FILES:
        file = root / "usr/lib/python3/dist-packages/odoo/addons" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
