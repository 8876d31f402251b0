"""Packages of the Debian archive, downloaded without root and without touching the machine's lists.

The mirror is the one in the machine's own apt sources. Those may name third parties too, and may
never have been updated, so each candidate is tried until one serves suites signed by Debian.
"""

import os
import re
from pathlib import Path

from . import paths
from .shell import run
from .steps import Problem

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NOT_DEBIAN = (
    "Odoo is taken from Debian's archive and this machine has no apt source of it: "
    "give a checkout of Odoo 19 with ODOO_PATH=... or run on Debian."
)
NETWORK = "check the network and run this again, or give a checkout of Odoo with ODOO_PATH=folder"
DEBIAN_SUITE = re.compile(
    r"^(oldoldstable|oldstable|stable|testing|unstable|sid"
    r"|bullseye|bookworm|trixie|forky|duke)$"
)


class Archive:
    """A private apt: sources, lists and cache of its own in the user's cache."""

    def __init__(self, suites, step=None):
        self.suites = suites
        self.folder = paths.CACHE / "debian"
        self.step = step

    def download(self, packages):
        """Return the .deb files of packages given as `name/suite`."""
        self._update()
        target = self.folder / "packages"
        target.mkdir(exist_ok=True)
        if self.step:
            self.step.say("downloading")
        self._apt("download", *packages, failure="Debian's packages do not download", cwd=target)
        return [newest_file(target, package.split("/")[0]) for package in packages]

    def _update(self):
        """Fetch the package lists from the first mirror that has all suites."""
        for folder in ("lists/partial", "cache/archives/partial"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        problem = Problem(NOT_DEBIAN)
        for mirror in mirrors():
            self._write_sources(mirror)
            try:
                self._apt("update", failure="Debian's package lists do not download")
            except Problem as error:
                problem = error
            else:
                return
        raise problem

    def _write_sources(self, mirror):
        lines = (f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in self.suites)
        (self.folder / "sources.list").write_text("".join(lines))

    def _apt(self, *arguments, failure, **options):
        settings = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Retries": 3,
            "APT::Update::Error-Mode": "any",
        }
        if os.getuid() == 0:
            # apt's own unprivileged user cannot write into root's cache.
            settings["APT::Sandbox::User"] = "root"
        flags = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
        return run(["apt-get", "-q", *flags, *arguments], failure, NETWORK, **options)


def mirrors():
    """Return the machine's apt sources that may be Debian's archive, the surest first."""
    if not KEYRING.exists():
        raise Problem(NOT_DEBIAN)
    listing = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(ORIGIN)|$(RELEASE)|$(COMPONENT)"],
        NOT_DEBIAN,
    )
    return debian_mirrors(listing)


def debian_mirrors(listing):
    """Pick from the output of apt's `indextargets` what may be Debian's archive, the surest first.

    The origin is known only when the lists were fetched.

    >>> debian_mirrors("http://a/|Other|bookworm|main\\nhttp://b/|Debian|bookworm|main\\n"
    ...     "http://c/|Debian|bookworm-security|main\\nhttp://d/||nodistro|main")
    ['http://b/', 'http://a/']
    """
    found = {}
    for line in listing.splitlines():
        uri, origin, release, component = line.split("|")
        if DEBIAN_SUITE.match(release) and component == "main" and not uri.startswith("cdrom"):
            found.setdefault(uri, origin)
    return sorted(found, key=lambda uri: found[uri] != "Debian")


def newest_file(folder, package):
    """Return the package's file; older versions may lie beside it from an earlier download."""
    return max(folder.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)


def unpack(files, root):
    """Unpack .deb files into one root, as if they were installed together."""
    for file in files:
        run(["dpkg-deb", "-x", file, root], f"{file.name} does not unpack")
