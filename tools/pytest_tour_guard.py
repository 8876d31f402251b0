"""Fail a test run in which a browser test was skipped: it would prove nothing, in silence.

Odoo skips its HttpCase tests when the browser, ``websocket-client`` or the HTTP server is missing.
"""

import pytest


class TourGuard:
    """Turns skipped HttpCase tests into failures and counts the browser sessions that succeeded."""

    def __init__(self):
        self.succeeded = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item):
        """Make a failure of each skipped browser test."""
        report = yield
        if report.skipped and is_http_case(item.cls):
            report.outcome = "failed"
            report.longrepr = f"A browser test must run, and was skipped: {reason(report)}"
        return report

    def pytest_sessionstart(self):
        """Count the calls of the browser."""
        from odoo.tests import HttpCase

        browser_js = HttpCase.browser_js

        def counted(case, *arguments, **options):
            result = browser_js(case, *arguments, **options)
            self.succeeded += 1
            return result

        HttpCase.browser_js = counted

    def pytest_terminal_summary(self, terminalreporter):
        """Tell how many sessions of the browser succeeded."""
        if self.succeeded:
            terminalreporter.write_line(f"Browser tours that ran to their end: {self.succeeded}")


def is_http_case(test_class):
    """Tell whether a test class needs Odoo's HTTP server or a browser."""
    from odoo.tests import HttpCase

    return isinstance(test_class, type) and issubclass(test_class, HttpCase)


def reason(report):
    """Return why a test was skipped.

    >>> reason(type("Report", (), {"longrepr": ("file", 1, "Skipped: no Chrome")}))
    'Skipped: no Chrome'
    """
    skipped = report.longrepr
    return skipped[2] if isinstance(skipped, tuple) else str(skipped)


def pytest_configure(config):
    """Take part in the run."""
    config.pluginmanager.register(TourGuard(), "tour-guard")
