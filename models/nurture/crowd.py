"""The people of a dry run: as the steps see them, and where they are foreseen to be."""

from array import array
from typing import NamedTuple

from . import timetable


class Traveller(NamedTuple):
    """What a step asks of an enrollment that is not there."""

    id: int
    arrived_at: object


class Crowd:
    """Stands for enrollments: some of the people of a dry run, by their numbers."""

    def __init__(self, run, ids):
        self.run = run
        self.ids = ids

    def __len__(self):
        return len(self.ids)

    def __iter__(self):
        arrived = self.run.arrived
        return (Traveller(key, arrived[key]) for key in self.ids)

    def _time_zones(self):
        zones = self.run.zones
        return {key: zones[key] for key in self.ids}

    def _records(self):
        records = self.run.records
        return self.run.target.browse(records[key] for key in self.ids)


class Log:
    """Who is foreseen to be where: by step, day, outcome and rule."""

    def __init__(self, zone):
        self.zone = zone
        self.people = {}
        self.days = {}

    def day(self, moment):
        """Give the day of a moment."""
        if moment not in self.days:
            self.days[moment] = timetable.localized(moment, self.zone).date()
        return self.days[moment]

    def add(self, step_id, moment, outcome, rule, records):
        """Note some people."""
        if not records:
            return
        key = (step_id, self.day(moment), outcome, rule)
        if key not in self.people:
            self.people[key] = array("i")
        self.people[key].extend(records)
