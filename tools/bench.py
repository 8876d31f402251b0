"""Run one file of benchmarks/ inside Odoo and print what it measured; see benchmarks/README.md."""

import contextlib
import importlib.util
import sys
import time
from pathlib import Path


def run(env, file):
    """Call `run(env, report)` of the file."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(f"-- {Path(file).stem}: {(module.__doc__ or '').strip().splitlines()[0]}")
    report = Report(env)
    module.run(env, report)
    if report.missed:
        sys.exit(f"limits missed: {', '.join(report.missed)}")


class Report:
    """What a benchmark tells: values against limits, and the time of its blocks."""

    def __init__(self, env):
        self.env = env
        self.missed = []

    def value(self, label, value, unit="", at_most=None, at_least=None):
        """Print a measured value; with a limit, say whether it is kept."""
        limit, kept = judge(value, at_most, at_least)
        verdict = f"   {limit} {unit}: {'kept' if kept else 'MISSED'}" if limit else ""
        print(f"   {label:<50} {value:>12,.2f} {unit}{verdict}", flush=True)
        if not kept:
            self.missed.append(label)

    @contextlib.contextmanager
    def time(self, label, at_most=None):
        """Measure a block in seconds, what it wrote being sent to the database."""
        self.env.flush_all()
        start = time.perf_counter()
        yield
        self.env.flush_all()
        self.value(label, time.perf_counter() - start, "s", at_most=at_most)


def judge(value, at_most=None, at_least=None):
    """Return the limit as a text, and whether the value keeps it.

    >>> judge(3, at_most=5)
    ('at most 5', True)
    >>> judge(3, at_least=5)
    ('at least 5', False)
    >>> judge(3)
    ('', True)
    """
    if at_most is not None:
        return f"at most {at_most:,}", value <= at_most
    if at_least is not None:
        return f"at least {at_least:,}", value >= at_least
    return "", True
