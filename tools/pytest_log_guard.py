"""Fail a test run in which Odoo logged a warning or an error that no test expected.

A test that provokes a warning says so with ``assertLogs`` or ``mute_logger``; these keep the record
from the guard. ``workbench.logs`` names the few warnings that are Odoo's own.
"""

import logging
import os
import warnings

import pytest
from workbench import logs, paths


class LogGuard(logging.Handler):
    """Collects the unexpected records of a run, each with the test during which it came."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []

    def emit(self, record):
        """Keep the record if it is a complaint about our work."""
        if is_ours(record) and logs.is_complaint(record.name, record.getMessage()):
            test = os.environ.get("PYTEST_CURRENT_TEST", "outside of the tests")
            self.found.append(f"{test}\n    {record.levelname} {record.name}: {message(record)}")

    def pytest_sessionfinish(self, session):
        """Fail the run."""
        logging.getLogger().removeHandler(self)
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        """List what was found."""
        if self.found:
            terminalreporter.section("unexpected in Odoo's log", red=True)
            for entry in self.found:
                terminalreporter.write_line(entry)


def is_ours(record):
    """Tell whether a record comes from Odoo; of Python's own warnings only those of our files."""
    if record.name == "py.warnings":
        return f"/{paths.ADDON}/" in record.getMessage() or str(paths.ROOT) in record.getMessage()
    return record.name.startswith("odoo")


def message(record):
    """Return what a record says, with the last line of its traceback."""
    text = record.getMessage()
    return f"{text} ({record.exc_info[1]!r})" if record.exc_info else text


def pytest_configure(config):
    """Listen from the start: loading the models may warn, too."""
    guard = LogGuard()
    config.pluginmanager.register(guard, "log-guard")
    logging.getLogger().addHandler(guard)
    warnings.filterwarnings("default", module=rf"odoo\.addons\.{paths.ADDON}")
