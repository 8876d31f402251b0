"""The customers of CDNOW after 39 weeks; data/README.md says where they come from."""

import csv
from pathlib import Path

FILE = Path(__file__).parent / "data" / "cdnow.csv"
COLUMNS = ("repeats", "last_days", "age_days", "repeat_cents")

#: Weeks of the history, and of the time after it.
WEEKS = 39


def lines():
    """Return the lines of the file, as dictionaries of integers."""
    with FILE.open(encoding="ascii", newline="") as file:
        return [{name: int(value) for name, value in line.items()} for line in csv.DictReader(file)]


def customers():
    """Return the columns with one value per customer."""
    rows = [[line[name] for name in COLUMNS] for line in lines() for _ in range(line["customers"])]
    return tuple(map(list, zip(*rows, strict=True)))


def later_purchases():
    """Return how often they all together bought in the 39 weeks after."""
    return sum(line["later_purchases"] for line in lines())
