from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from ..common import LifecycleCase


class NurtureCase(LifecycleCase):
    """Sequences, people in them, and a clock that jumps to the next step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = fields.Datetime.from_string("2026-06-01 08:00:00")
        cls.enrollments = cls.env["crm.nurture.enrollment"]
        cls.deliveries = cls.env["crm.nurture.delivery"]

    def setUp(self):
        super().setUp()
        clock = freeze_time(self.start)
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def _sequence(cls, *steps, publish=True, **values):
        """Create a sequence of steps, each the values of its fields in the order of the list."""
        sequence = cls.env["crm.nurture.sequence"].create({"name": "Sequence", **values})
        for number, step in enumerate(steps, 1):
            cls._step(sequence, sequence=number, **step)
        if publish:
            sequence.action_publish()
        return sequence

    @classmethod
    def _step(cls, owner, **values):
        return cls.env["crm.nurture.step"].create({"version_id": owner.draft_id.id, **values})

    @classmethod
    def _leads(cls, count, **values):
        return cls.env["crm.lead"].create(
            [{"name": f"Lead {number}", "type": "lead", **values} for number in range(count)]
        )

    def run_until(self, **delta):
        """Run the engine at each moment that somebody is due, up to so much later."""
        end = self.clock() + timedelta(**delta)
        while (moment := self.next_due()) and moment <= end:
            self.clock.move_to(max(moment, self.clock()))
            while self.enrollments._run_batch():
                pass
        self.clock.move_to(end)

    def next_due(self):
        """Give the next moment that somebody is due."""
        waiting = self.enrollments.search([("state", "=", "waiting")], order="due_at", limit=1)
        return waiting.due_at

    def done(self, enrollment):
        """Give the names of the steps that were done, in their order, with the outcomes."""
        rows = self.deliveries.search([("enrollment_id", "=", enrollment.id)], order="id")
        return [(row.step_id.name, row.outcome) for row in rows]
