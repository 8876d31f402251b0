from odoo import fields, models
from odoo.tools import SQL, split_every

from .crm_nurture_enrollment_once import HARMLESS
from .crm_nurture_sequence_enroll import CHUNK
from .dry_run import DryRun

#: States of people who go on, or would if somebody let them.
GOING = ("waiting", "paused", "held")


class CrmNurtureSequence(models.Model):
    """What would happen if nobody reacted: the people inside, and those who would come in now.

    Who is led by which steps?
        Those inside by those of their version; those who come in by the draft if there is one,
        else by the published version. Whoever goes to the draft when it is published is asked
        then, and stays on the old version here.
    What is known of them?
        What is true today: filters, consents, exclusion lists and addresses are asked once, now.
        What the clock changes (waits, sending hours, quotations, meetings, limits) is followed.
    What does it cost?
        A few statements for each step, whatever the number of people, and some more for each ten
        thousand of them; no row is written or locked.
    """

    _inherit = "crm.nurture.sequence"

    def _expects_newcomers(self):
        """Tell whether those who may come in now would: not those who come by an event or by hand.

        Of a draft everybody is looked at whom it is for.
        """
        return self.state == "draft" or self._begins_with_all()

    def _dry_run(self, newcomers=None):
        """Lead everybody along on a copy of time; give the `DryRun`, with its log.

        :param bool newcomers: also those who may come in; None: if they would by themselves
        """
        self.ensure_one()
        if newcomers is None:
            newcomers = self._expects_newcomers()
        self.env.flush_all()
        sequence = self.sudo()
        company = sequence._sending_company()
        sequence = sequence.with_company(company)
        run = DryRun(sequence, fields.Datetime.now(), company.partner_id.tz or "UTC")
        version = sequence.draft_id or sequence.version_id
        inside = sequence._foresee_inside(run)
        entering = sequence._foresee_newcomers(run) if newcomers and version.step_ids else []
        steps = version.step_ids | run.steps()
        sequence._foresee_rules(run)
        sequence._foresee_limits(run, steps)
        run.settle(steps)
        run.put(inside)
        if entering:
            run.arrive(run.step(version._path().first()), entering, run.start)
        run.run()
        return run

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    def _foresee_inside(self, run):
        """Add those inside; give when each is due: dict of number -> moment."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s, step_id, arrived_at, due_at, held_by, state"
                " FROM crm_nurture_enrollment WHERE sequence_id = %s AND left_at IS NULL"
                " AND step_id IS NOT NULL ORDER BY id",
                SQL.identifier(self._subject()),
                self.id,
            )
        )
        zones = self._foreseen_zones([row[1] for row in rows])
        due = {}
        for key, record_id, step_id, arrived_at, due_at, held_by, state in rows:
            if state not in GOING:
                run.log.add(step_id, run.start, "held", "failed", [record_id])
                run.stuck += 1
                continue
            number = run.add(
                record_id,
                zones[record_id],
                step_id=step_id,
                enrollment_id=key,
                arrived_at=arrived_at or run.start,
            )
            due[number] = max(due_at or run.start, run.start)
            if held_by:
                run.limits.hold(number, held_by, due[number])
        return due

    def _foresee_newcomers(self, run):
        """Add those who would come in; note who would not, and why. Give their numbers."""
        people = self.env.execute_query(self._strangers(self._audience_now(), again=True))
        entering, causes = [], {}
        for chunk in split_every(CHUNK, people, list):
            zones = self._foreseen_zones([record_id for record_id, _date in chunk])
            for record_id, held_out, _round, door in self.env.execute_query(self._entrants(chunk)):
                if door is not None:
                    causes.setdefault(door, []).append(record_id)
                elif held_out:
                    run.log.add(None, run.start, "holdout", None, [record_id])
                else:
                    entering.append(run.add(record_id, zones[record_id]))
        for door, record_ids in causes.items():
            cause = self._cause_of_door(door)
            run.log.add(None, run.start, "left_out", cause, record_ids)
        run.log.add(None, run.start, "entered", None, run.of(entering))
        return entering

    def _foreseen_zones(self, record_ids):
        people = SQL("SELECT u, u FROM unnest(%s::int[]) u", list(record_ids))
        zones, usual = self._zones(people), self._usual_zone()
        return {key: zones.get(key) or usual for key in record_ids}

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    def _foresee_rules(self, run):
        """Find out who would leave before the next step, and who has to wait."""
        enrollments = self.env["crm.nurture.enrollment"]
        rules = enrollments._leaving_rules(self)
        scope = SQL("e.sequence_id = %s AND e.state IN %s", self.id, GOING)
        numbers = {key: number for number, key in enumerate(run.enrollments) if key}
        if numbers and rules:
            for key, rule in self.env.execute_query(enrollments._first_rule(rules, scope)):
                run.leaving[numbers[key]] = rules[rule][1]
            self._foresee_behind(run, numbers)
        for _state, cause, condition in self._brakes(SQL("r.id")):
            for record_id, since, until in self._foreseen_brake(run, cause, condition):
                run.brakes.setdefault(run.numbers[record_id], []).append((cause, since, until))

    def _foreseen_brake(self, run, cause, condition):
        """Give who has to wait by a brake, since when and until when: rows with None for open."""
        if cause == "sales":
            return self._sales_times(run.records)
        query = SQL(
            "SELECT r.id, NULL, NULL FROM unnest(%s::int[]) r (id) WHERE %s",
            run.records,
            condition,
        )
        return self.env.execute_query(query)

    def _foresee_behind(self, run, numbers):
        """Find out who has had which steps, in whichever version."""
        rows = self.env.execute_query(
            SQL(
                "SELECT s.key, e.id FROM crm_nurture_enrollment e"
                " JOIN crm_nurture_delivery d ON d.enrollment_id = e.id AND d.round = e.round"
                " JOIN crm_nurture_step s ON s.id = d.step_id AND s.kind NOT IN %s"
                " WHERE e.sequence_id = %s AND e.state IN %s",
                HARMLESS,
                self.id,
                GOING,
            )
        )
        for step_key, key in rows:
            run.behind.setdefault(step_key, set()).add(numbers[key])

    def _foreseen_answers(self, run, step):
        """Give the numbers of those who fulfil a condition today."""
        if step.check == "domain":
            query = SQL(
                "SELECT r.id FROM unnest(%s::int[]) r (id) WHERE r.id IN (%s)",
                run.records,
                self._matching(step.domain).select(),
            )
            return {run.numbers[row[0]] for row in self.env.execute_query(query)}
        numbers = {key: number for number, key in enumerate(run.enrollments) if key}
        if not numbers:
            return set()
        query = step._answered(SQL("SELECT unnest(%s::int[])", list(numbers)))
        return {numbers[row[0]] for row in self.env.execute_query(query)}
