"""`make lint`: ruff, pylint-odoo and OCA's checks, in an environment of their own."""

import re
import subprocess

from . import paths, python_env
from .shipped import copied_addon
from .steps import Problem, Progress, say

#: Our README is Markdown, and our XML files start as Odoo's own do.
OCA_DISABLED = "prefer-readme-rst,xml-header-wrong"

#: It wants a French text emptied that equals the English one, as in "Date"; our tests want all
#: texts there. `make i18n` keeps the format.
PO_DISABLED = "po-pretty-format"


def lint():
    """Run all linters; say in the end which of them found something."""
    progress = Progress(1)
    with progress.step("Linters") as step:
        programs = python_env.prepare(step, python_env.LINT_REQUIREMENTS).parent
    failed = failing(ruff(programs), paths.ROOT)
    with copied_addon() as folder:
        failed += failing(odoo_linters(programs, folder), folder)
    if failed:
        raise Problem(f"cure what {', '.join(failed)} said above.")
    say("All linters are content.")


def ruff(programs):
    """Return the commands that look at all Python files."""
    return {
        "ruff check": [programs / "ruff", "check"],
        "ruff format": [programs / "ruff", "format", "--check"],
    }


def odoo_linters(programs, folder):
    """Return the commands that look at the addon as Odoo sees it."""
    oca_module = [programs / "oca-checks-odoo-module", f"--disable={OCA_DISABLED}", paths.ADDON]
    found = {
        "pylint-odoo": [programs / "pylint", f"--rcfile={paths.ROOT / '.pylintrc'}", paths.ADDON],
        "oca-checks-odoo-module": oca_module,
    }
    catalogues = sorted((folder / paths.ADDON / "i18n").glob("*.po*"))
    if catalogues:
        names = [file.relative_to(folder) for file in catalogues]
        found["oca-checks-po"] = [programs / "oca-checks-po", f"--disable={PO_DISABLED}", *names]
    return found


def failing(commands, folder):
    """Run linters in the folder, show what they say; return the names of those that complain."""
    failed = []
    for name, command in commands.items():
        say(f"-- {name}")
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        say(in_checkout(done.stdout, folder).strip())
        if done.returncode:
            failed.append(name)
    return failed


def in_checkout(text, folder):
    """Name files as they are called in the checkout, not in the copy that was looked at.

    >>> in_checkout("tmp/x1/crm_lifecycle/data/a.xml:9: wrong", "/tmp/x1")
    'data/a.xml:9: wrong'
    >>> in_checkout("crm_lifecycle/models/a.py:1:0: wrong", "/tmp/x1")
    'models/a.py:1:0: wrong'
    """
    for start in (f"{folder}/", str(folder).lstrip("/") + "/", ""):
        text = re.sub(rf"(?m)^{re.escape(start)}{paths.ADDON}/", "", text)
    return text
