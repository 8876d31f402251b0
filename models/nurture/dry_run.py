"""What would happen to the people of a sequence if nobody reacted: the engine on a copy of time.

Nothing is written, nothing is locked, no step is done. What the steps and the engine decide is
asked of themselves: the way (`path`), the moments (`step._due_at`, `step._closed_until`), the
answers of conditions, the limits (`frequency`), the gate and the exclusion lists of Odoo.
"""

from datetime import timedelta
from heapq import heappop, heappush

from .crm_nurture_enrollment_once import HARMLESS
from .crm_nurture_enrollment_run import BATCH
from .crm_nurture_step import MESSAGES
from .crm_nurture_step_do import DONE
from .crowd import Crowd, Log
from .dry_run_limits import Limits
from .dry_run_messages import Messages

#: So far is looked ahead: three years.
HORIZON_DAYS = 3 * 366

#: With more people than these, moments are rounded up, as the intervals of the engine do.
MANY = 5_000
GRAIN_MINUTES = 15


class DryRun:
    """The people under way, each with a number, and the clock that jumps to the next who is due.

    In which order?
        That of the engine: who is due longest first, then by number; as many at once as the
        engine takes, where it matters.
    """

    def __init__(self, sequence, now, zone):
        self.sequence = sequence
        self.target = sequence.env[sequence.model]
        self.start = now
        self.horizon = now + timedelta(days=HORIZON_DAYS)
        self.log = Log(zone)
        # of each person, by number
        self.records, self.zones, self.arrived, self.at = [], [], [], []
        self.enrollments, self.numbers = [], {}
        self.stuck = 0  # inside, but no person of the run: nothing happens to them
        # what is known beforehand
        self.leaving, self.brakes, self.behind, self.answered = {}, {}, {}, {}
        self.buckets, self.moments = {}, []
        self.grain = self.batch = None
        self.paths = {}
        self.goals = sequence._stages_from(sequence.goal_stage_id) if sequence.goal_stage_id else ()
        self.limits = Limits(self, zone)
        self.messages = Messages(self)

    # -- people ---------------------------------------------------------------------------------

    def add(self, record_id, zone, *, step_id=None, enrollment_id=None, arrived_at=None):
        """Add a person; give the number."""
        self.records.append(record_id)
        self.zones.append(zone)
        self.at.append(step_id)
        self.enrollments.append(enrollment_id)
        self.arrived.append(arrived_at)
        number = len(self.records) - 1
        self.numbers[record_id] = number
        return number

    def of(self, ids):
        """Give the ids of the records of people."""
        records = self.records
        return [records[key] for key in ids]

    def put(self, moments):
        """Let people be due: dict of number -> moment."""
        for key, moment in moments.items():
            self._slot(self._rounded(moment)).append(key)

    def _slot(self, moment):
        if moment not in self.buckets:
            self.buckets[moment] = []
            heappush(self.moments, moment)
        return self.buckets[moment]

    def _rounded(self, moment):
        if not self.grain:
            return moment
        over = (moment - self.start) % self.grain
        return moment + (self.grain - over if over else timedelta())

    # -- the clock ------------------------------------------------------------------------------

    def run(self):
        """Lead everybody along until nobody is due any more, or too far ahead."""
        while self.moments and self.moments[0] <= self.horizon:
            now = self.moments[0]
            for step_id, ids in self._by_step(self._claim(now)).items():
                self._run_step(self.step(step_id), ids, now)
        return self.log

    def steps(self):
        """Give the steps of the versions that people inside are led by."""
        here = self.step({key for key in self.at if key})
        return here.version_id.step_ids

    def under_way(self):
        """Give the numbers of those who are still due, or on hold, beyond the horizon."""
        return [key for bucket in self.buckets.values() for key in bucket]

    def _claim(self, now):
        bucket = self.buckets[now]
        bucket.sort()
        if self.batch and len(bucket) > self.batch:
            self.buckets[now] = bucket[self.batch :]
            return bucket[: self.batch]
        del self.buckets[now]
        heappop(self.moments)
        return bucket

    def _by_step(self, ids):
        groups, at = {}, self.at
        for key in ids:
            groups.setdefault(at[key], []).append(key)
        return groups

    def step(self, step_id):
        """Give a step, or several."""
        return self.sequence.env["crm.nurture.step"].browse(step_id)

    def _run_step(self, step, ids, now):
        ids = self._send_away(step, ids, now)
        ids = self._hold_back(step, ids, now)
        if ids:
            self._do(step, ids, now)

    # -- who does not take the step ------------------------------------------------------------

    def _send_away(self, step, ids, now):
        """Let those leave or wait whom a rule keeps from the step; give the others."""
        if not self.leaving and not self.brakes:
            return ids
        going = []
        for key in ids:
            left = self.leaving.get(key)
            braked = None if left else self._braked(key, now)
            if left:
                self.limits.forget([key])
                self.log.add(step.id, now, "left", left, [self.records[key]])
            elif braked:
                self._keep(step, key, now, *braked)
            else:
                going.append(key)
        return going

    def _braked(self, key, now):
        """Give the cause of the first brake that is on, and when it is off; None: never."""
        for cause, since, until in self.brakes.get(key, ()):
            if (since is None or since < now) and (until is None or until > now):
                return cause, until
        return None

    def _keep(self, step, key, now, cause, until):
        if until is None:
            self.log.add(step.id, now, "held", cause, [self.records[key]])
        else:
            self.log.add(step.id, now, "later", cause, [self.records[key]])
            self.put({key: until})

    def _hold_back(self, step, ids, now):
        """Let those wait for whom it is not the moment; give the others."""
        closed = step._closed_until(Crowd(self, ids), now)
        if closed:
            self.limits.move(closed)
            self.put(closed)
            ids = [key for key in ids if key not in closed]
        if step.kind not in MESSAGES or not ids:
            return ids
        going, later = self.limits.hold_back(step, ids, now)
        for rule, moments in later.items():
            self.log.add(step.id, now, "later", rule, self.of(moments))
            self.put(moments)
        return going

    # -- what the step does ---------------------------------------------------------------------

    def _do(self, step, ids, now):
        fresh, behind = self._fresh(step, ids)
        self._advance(step, behind, now)
        if not fresh:
            return
        if step.kind in MESSAGES:
            self._write(step, fresh, now)
        elif step.kind == "condition":
            self._ask(step, fresh, now)
        else:
            self._simply(step, fresh, now)

    def _fresh(self, step, ids):
        """Tell those who have not had the step, in this version or another, from the others."""
        had = () if step.kind in HARMLESS else self.behind.get(step.key)
        if not had:
            return ids, []
        return [key for key in ids if key not in had], [key for key in ids if key in had]

    def _write(self, step, ids, now):
        for (outcome, rule), group in self.messages.results(step, ids).items():
            self.log.add(step.id, now, outcome, rule, self.of(group))
            if outcome == "queued":
                self.limits.count(step, group, now)
        self._advance(step, ids, now)

    def _ask(self, step, ids, now):
        results = step._answers(Crowd(self, ids), self._fulfilled(step, ids), now)
        waiting = {key: result.until for key, result in results.items() if result.until}
        self.put(waiting)
        for branch in ("yes", "no"):
            group = [key for key in ids if key not in waiting and results[key].branch == branch]
            if group:
                self.log.add(step.id, now, branch, None, self.of(group))
                self._advance(step, group, now, branch)

    def _fulfilled(self, step, ids):
        """Give the numbers of those who fulfil a condition today."""
        if step.id not in self.answered:
            self.answered[step.id] = self.sequence._foreseen_answers(self, step)
        return self.answered[step.id]

    def _simply(self, step, ids, now):
        if step._gone():
            self.log.add(step.id, now, "failed", None, self.of(ids))
            self._advance(step, ids, now)
            return
        if step.kind == "sequence" and step.next_sequence_id.state != "running":
            # before a paused one they wait, whatever its time
            paused = step.next_sequence_id.state == "paused"
            self.log.add(step.id, now, "held" if paused else "failed", "failed", self.of(ids))
            return
        self.log.add(step.id, now, DONE.outcome, None, self.of(ids))
        if step.kind == "exit":
            self._finish(step, ids, now, "exit")
            return
        if step.kind == "stage" and step.stage_id in self.goals:
            self.leaving.update(dict.fromkeys(ids, "goal"))
        self._advance(step, ids, now)

    # -- going on -------------------------------------------------------------------------------

    def _advance(self, step, ids, now, branch=None):
        if not ids:
            return
        version = step.version_id
        if version.id not in self.paths:
            self.paths[version.id] = version._path()
        after = self.paths[version.id].after(step.id, branch)
        if after:
            self.arrive(self.step(after), ids, now)
        else:
            self._finish(step, ids, now, "end")

    def arrive(self, step, ids, now):
        """Let people come to a step, each due at its own moment."""
        for key in ids:
            self.at[key] = step.id
            self.arrived[key] = now
        self.limits.forget(ids)
        self.put(step._due_at(Crowd(self, ids), now))

    def _finish(self, step, ids, now, rule):
        self.limits.forget(ids)
        self.log.add(step.id, now, "finished", rule, self.of(ids))

    def settle(self, steps):
        """Set what depends on how many people there are, and on what limits them."""
        many = len(self.records) > MANY
        self.grain = timedelta(minutes=GRAIN_MINUTES) if many else None
        texts = any(step.kind == "sms" for step in steps)
        self.batch = BATCH if self.limits.budgets or texts else None
