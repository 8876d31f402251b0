"""Chromium for the tours and wkhtmltopdf for PDF files: found, else installed from Debian."""

import os
import shutil

from .shell import run
from .steps import Problem

#: What each program is called on the PATH, the way Odoo looks for it.
NAMES = {
    "chromium": ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
    "wkhtmltopdf": ("wkhtmltopdf",),
}
PURPOSES = {
    "chromium": "the browser tours cannot run",
    "wkhtmltopdf": "documents cannot be printed as PDF",
}


def require(package, step):
    """Make sure that the program is there, installing Debian's package where that is allowed."""
    if any(shutil.which(name) for name in NAMES[package]):
        return
    step.say(f"installing {package}")
    advice = f"{PURPOSES[package]} without {package}: apt-get install {package}"
    prefix = administrator()
    if prefix is None:
        raise Problem(f"{advice} as an administrator, then run this again.")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    run([*apt, "update"], f"apt-get update failed, so {advice}")
    run([*apt, "install", "--no-install-recommends", package], f"{advice} failed")
    step.result = "installed"


def prefer(package, step):
    """Like `require`, but go on without the program, saying what will be missing."""
    try:
        require(package, step)
    except Problem as problem:
        step.result = f"left out, {problem}"


def administrator():
    """Return what to put before a command to run it as root without a password, or None."""
    if os.getuid() == 0:
        return []
    try:
        run(["sudo", "-n", "true"], "")
    except Problem:
        return None
    return ["sudo", "-n"]
