"""The Python environment: one per Python version and list of packages, in the user's cache."""

import importlib.util
import os
import platform
import site
import sys
from pathlib import Path

from . import paths
from .debian import Archive, unpack
from .once import MARK, build_once
from .shell import require_space, run
from .steps import Problem

OLDEST, NEWEST = (3, 10), (3, 13)
REQUIREMENTS = paths.TOOLS / "requirements.txt"
LINT_REQUIREMENTS = paths.TOOLS / "requirements-lint.txt"


def check_version(version=None):
    """Refuse a Python that Odoo 19 does not run on."""
    version = version or sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        raise Problem(
            f"Python {version[0]}.{version[1]} does not run Odoo 19: "
            "use 3.10 to 3.13, for instance make PYTHON=python3.12 ..."
        )


def prepare(step, requirements=REQUIREMENTS):
    """Return the interpreter of the environment that has these packages, building it if needed."""
    check_version()
    folder = environment_folder(requirements)
    if build_once(folder, lambda: build(folder, requirements, step), step):
        step.result = "installed"
    activate(requirements)
    return folder / "bin" / "python"


def activate(requirements=REQUIREMENTS):
    """Let this process import the environment's packages; tell whether the environment is there."""
    folder = environment_folder(requirements)
    if not (folder / MARK).exists():
        return False
    site.addsitedir(str(next(folder.glob("lib/python*/site-packages"))))
    return True


def environment_folder(requirements):
    """Return where the environment lies: its name holds all that it depends on."""
    version = ".".join(platform.python_version_tuple()[:2])
    lines = requirements.read_text().splitlines()
    packages = [line for line in lines if not line.startswith("#")]
    key = paths.short_hash(*packages, sys.base_prefix)
    return paths.CACHE / f"python{version}-{requirements.stem}-{key}"


def build(folder, requirements, step):
    """Make the environment and install the packages."""
    require_space(paths.CACHE, 800)
    step.say("installing packages")
    failure = "The Python environment is not made"
    run([sys.executable, "-m", "venv", "--without-pip", folder], failure)
    pip(
        folder / "bin" / "python",
        *("install", "-q", "--no-warn-script-location", "-r", requirements),
        failure="Python packages do not install",
        step=step,
    )


def pip(python, *arguments, failure, step):
    """Run pip from its wheel: the environments do without it, which makes them sooner."""
    run(
        [python, "-m", "pip", *arguments],
        failure,
        "check the network and pip's settings, then run this again",
        env={"PYTHONPATH": str(pip_wheel(step)), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )


def pip_wheel(step):
    """Return a wheel of pip to run pip from.

    Python brings one for `venv`; Debian's Python does so only with the package python3-venv, so its
    wheel is fetched from the archive when it is not there.
    """
    if importlib.util.find_spec("ensurepip"):
        bundled = Path(importlib.util.find_spec("ensurepip").origin).parent / "_bundled"
        wheels = [*bundled.glob("pip-*.whl"), *Path("/usr/share/python-wheels").glob("pip-*.whl")]
        if wheels:
            return wheels[0]
    root = paths.CACHE / "pip-wheel"
    build_once(
        root,
        lambda: unpack(Archive(("sid",), step).download(["python3-pip-whl/sid"]), root),
    )
    return next(root.glob("usr/share/python-wheels/pip-*.whl"))


def child_environment(source):
    """Return the environment in which a Python of ours finds Odoo."""
    return {**os.environ, "PYTHONPATH": str(source.folder), "PYTHONUNBUFFERED": "1"}


def download_wheel(python, package, folder, step):
    """Download one package, without those it needs, into the folder and return its file."""
    failure = f"{package} does not download"
    arguments = ("download", "-q", "--no-deps", "-d", folder, package)
    pip(python, *arguments, failure=failure, step=step)
    return next(folder.glob("*.whl"))
