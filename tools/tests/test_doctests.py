"""The examples in the docstrings of the workbench are tests, too."""

import doctest
import importlib

import pytest

MODULES = (
    "bench",
    "pytest_tour_guard",
    "summary",
    "workbench.debian",
    "workbench.fingerprint",
    "workbench.linting",
    "workbench.logs",
    "workbench.odoo",
    "workbench.ports",
    "workbench.shell",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed
