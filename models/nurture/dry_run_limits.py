"""The limits of messages in a dry run: those per person, and those of a day."""

from collections import Counter
from datetime import timedelta

from . import frequency, timetable


class Budget:
    """How much of the messages of a day is gone: by ourselves, and by other sequences."""

    def __init__(self, limit, taken, loads):
        self.limit = limit
        self.taken = Counter(taken)
        self.loads = loads


class Limits:
    """Who has to wait though due, and until when.

    What do other sequences do meanwhile?
        Each gives those who are waiting its next message at the moment it is due; of what it may
        do after that nothing is known.
    """

    def __init__(self, run, zone):
        self.run = run
        self.zone = zone
        self.budgets = []
        self.held_by = {}
        self.held_day = {}
        self.held_count = Counter()
        self.caps = {}
        self.got, self.keys, self.sent = {}, {}, {}

    def hold_back(self, step, ids, now):
        """Give who gets a message of a step now, and the moments of the others by rule."""
        ids, capped = self._capped(step, ids, now)
        ids, over = self._over_budget(ids, now)
        for rule, moments in (("cap", capped), ("budget", over)):
            self.held_by.update(dict.fromkeys(moments, rule))
            self.move(moments)
        return ids, {rule: found for rule, found in (("cap", capped), ("budget", over)) if found}

    def _day(self, moment):
        return self.run.log.day(moment)

    # -- the cap of a person --------------------------------------------------------------------

    def _cap(self, step):
        if step.id not in self.caps:
            self.caps[step.id] = step.sequence_id._message_cap(step)
        return self.caps[step.id]

    def _capped(self, step, ids, now):
        number, days = self._cap(step)
        if not number:
            return ids, {}
        later, since = {}, now - timedelta(days=days)
        for key in ids:
            moment = frequency.put_off(self._dates(key, since, now), 0, number, days, now)
            if moment:
                later[key] = moment
        return [key for key in ids if key not in later], later

    def _dates(self, key, since, now):
        """Give when somebody got messages lately, by whatever record of the same address."""
        record_id = self.run.records[key]
        sent = {
            message
            for address in self.keys.get(record_id, ())
            for message in self.sent.get(address, ())
        }
        dates = [date for date, _step_id, _record_id in sent if date > since]
        return dates + [date for date in self.got.get(record_id, ()) if since < date <= now]

    def count(self, step, ids, now):
        """Count messages that leave."""
        for budget in self.budgets:
            budget.taken[self._day(now)] += len(ids)
        if not self.keys:
            return
        for key in ids:
            record_id = self.run.records[key]
            for address in self.run.messages.addresses_of(step, record_id):
                self.sent.setdefault(address, []).append((now, step.id, record_id))

    # -- the budget of a day --------------------------------------------------------------------

    def _over_budget(self, ids, now):
        later = {}
        for budget in self.budgets:
            today = self._day(now)
            taken, loads = budget.taken[today], {}
            if budget.limit - taken < len(ids):
                loads = self._loads(budget, today, later)
            count, days = frequency.within(budget.limit, len(ids), taken, loads)
            moments = {day: timetable.after(now, day, "days", self.zone) for day in set(days)}
            later |= {key: moments[day] for key, day in zip(ids[count:], days, strict=True)}
            ids = ids[:count]
        return ids, later

    def _loads(self, budget, today, later):
        """Give how many each of the next days has already: dict of days from now -> number."""
        days = Counter(self.held_count)
        days.update(budget.loads)
        days.update(map(self._day, later.values()))
        return {(day - today).days: count for day, count in days.items()}

    def move(self, moments):
        """Keep in mind when those come whom a budget holds back."""
        for key, moment in moments.items():
            self._take_off(key)
            if self.held_by.get(key) == "budget":
                self.held_day[key] = self._day(moment)
                self.held_count[self._day(moment)] += 1

    def hold(self, key, rule, moment):
        """Note whom a limit holds back already."""
        self.held_by[key] = rule
        self.move({key: moment})

    def forget(self, ids):
        """Nothing holds these back any more."""
        if self.held_by:
            for key in ids:
                self._take_off(key)
                self.held_by.pop(key, None)

    def _take_off(self, key):
        day = self.held_day.pop(key, None)
        if day:
            self.held_count[day] -= 1
