from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.nurture import dry_run
from .dry_run_common import ZONES, DryRunCase


@tagged("post_install", "-at_install")
class TestCrmNurtureDryRun(DryRunCase):
    """What a dry run says comes true when nobody reacts."""

    def test_drafts_at_random(self):
        for seed in range(6):
            with self.subTest(seed=seed), self.undone():
                sequence = self._random_sequence(seed)
                run = sequence._dry_run()
                sequence.action_publish()
                sequence._enroll_audience()
                self.run_until(days=1000)
                self.assertSame(self.foreseen(run), self.happened(sequence))
                self.assertSame(self.foreseen_ends(run), self.ends(sequence))
                self.assertFalse(run.under_way())

    def test_running_sequences_at_random(self):
        for seed in range(100, 104):
            with self.subTest(seed=seed), self.undone():
                sequence = self._random_sequence(seed)
                sequence.action_publish()
                sequence._enroll_audience()
                self.run_until(days=4, hours=5)
                last = self.deliveries.search([], order="id desc", limit=1).id
                run = sequence._dry_run(newcomers=True)
                before = self.ends(sequence)
                sequence._enroll_audience()
                self.run_until(days=1000)
                self.assertSame(self.foreseen(run), self.happened(sequence, after=last))
                self.assertSame(self.foreseen_ends(run), self.ends(sequence) - before)

    def test_other_versions(self):
        steps = (self._mail("first"), {"kind": "wait", "wait_number": 5}, self._mail("second"))
        sequence = self._sequence(*steps, purpose_id=self.purpose.id)
        sequence._enroll(self._people(6))
        self.run_until(days=1)
        draft = sequence._need_draft()
        draft.step_ids.filtered(lambda step: step.name == "first").sequence = 90
        self.env["crm.nurture.publish"]._prepare(sequence).action_publish()
        last = self.deliveries.search([], order="id desc", limit=1).id
        run = sequence._dry_run()
        self.run_until(days=30)
        self.assertSame(self.foreseen(run), self.happened(sequence, after=last))
        self.assertSame(self.foreseen_ends(run), self.ends(sequence))

    def test_sales_at_work(self):
        people = self._people(4)
        order = {"partner_id": self._contact(name="Buyer").id, "state": "sent"}
        self.env["sale.order"].create(
            [
                {**order, "opportunity_id": people[0].id, "validity_date": "2026-06-04"},
                {**order, "opportunity_id": people[1].id, "validity_date": False},
            ]
        )
        meeting = {"name": "Meeting", "opportunity_id": people[2].id}
        meeting |= {"start": "2026-07-20 09:00:00", "stop": "2026-07-20 10:00:00"}
        self.env["calendar.event"].create(meeting)
        wait = {"kind": "wait", "wait_number": 30}
        sequence = self._sequence(self._mail("a"), wait, self._mail("b"), trigger="audience")
        sequence.domain = f"[('id', 'in', {people.ids})]"
        run = sequence._dry_run()
        sequence._enroll_audience()
        for _quarter in range(4 * 60):
            self.run_until(hours=6)
            self.enrollments._sweep(sequence)
        self.assertSame(self.foreseen(run), self.happened(sequence))
        held = self.foreseen(run, ["held"])
        self.assertEqual([key[2:] for key in held.elements()], [("held", "sales")])

    def test_contacts(self):
        people = self.env["res.partner"].create(
            [
                {
                    "name": f"Contact {number}",
                    "email": f"anna{number}@firm{number % 9}.test" if number % 4 else False,
                    "tz": ZONES[number % 5],
                    "is_company": number % 3,
                    "user_id": self.salesman.id if number % 2 else False,
                }
                for number in range(12)
            ]
        )
        sequence = self._sequence(
            self._mail("hello"),
            {"kind": "wait", "wait_mode": "weekday", "wait_weekday": "3", "wait_hour": 7},
            {"kind": "assign", "user_id": self.marketing.id},
            self._mail("again"),
            publish=False,
            model="res.partner",
            purpose_id=self.purpose.id,
            calendar_id=self.calendar.id,
            domain=f"[('id', 'in', {people.ids})]",
        )
        run = sequence._dry_run()
        sequence.action_publish()
        sequence._enroll_audience()
        self.run_until(days=30)
        self.assertSame(self.foreseen(run), self.happened(sequence))
        self.assertIn("privacy", {key[3] for key in self.foreseen(run)})

    def test_budget_that_others_share(self):
        self.env.company.nurture_daily_budget = 4
        people = self._people(10)
        high = self._sequence(self._mail("high"), priority=20, purpose_id=self.purpose.id)
        high._enroll(people[:3])
        low = self._sequence(self._mail("low"), publish=False, purpose_id=self.purpose.id)
        low.domain = f"[('id', 'in', {people[3:].ids})]"
        run = low._dry_run()
        low.action_publish()
        low._enroll_audience()
        self.run_until(days=9)
        self.assertSame(self.foreseen(run), self.happened(low))
        self.assertEqual(sorted(self.foreseen(run).values()), [1, 2, 4])

    def test_those_who_were_inside_before(self):
        people = self._people(4)
        sequence = self._sequence(
            self._mail(),
            purpose_id=self.purpose.id,
            trigger="audience",
            reentry="after",
            reentry_days=30,
            domain=f"[('id', 'in', {people.ids})]",
        )
        sequence._enroll(people[:2])
        self.run_until(days=20)
        outcomes = self.foreseen(sequence._dry_run(), ["entered", "left_out"])
        counts = {key[2:]: count for key, count in outcomes.items()}
        self.assertEqual(counts, {("entered", None): 2, ("left_out", "again"): 2})
        self.run_until(days=20)
        outcomes = self.foreseen(sequence._dry_run(), ["entered", "left_out"])
        self.assertEqual({key[2]: n for key, n in outcomes.items()}, {"entered": 4})

    def test_a_step_that_reaches_the_goal(self):
        up = {"kind": "stage", "stage_id": self.prospect.id}
        wait = {"kind": "wait", "wait_number": 2}
        sequence = self._sequence(
            up, wait, self._mail(), publish=False, goal_stage_id=self.prospect.id
        )
        sequence.domain = f"[('id', 'in', {self._people(3).ids})]"
        run = sequence._dry_run()
        sequence.action_publish()
        sequence._enroll_audience()
        self.run_until(days=9)
        self.assertSame(self.foreseen(run), self.happened(sequence))
        self.assertSame(self.foreseen_ends(run), self.ends(sequence))

    def test_many_moments_are_rounded_up(self):
        sequence = self._sequence(self._mail(), publish=False)
        sequence.domain = f"[('id', 'in', {self._people(3).ids})]"
        with patch.object(dry_run, "MANY", 2):
            run = sequence._dry_run()
        moment = self.start + timedelta(minutes=1)
        self.assertEqual(run._rounded(moment), self.start + timedelta(minutes=15))
        self.assertEqual(run._rounded(self.start), self.start)

    def test_nothing_is_written(self):
        sequence = self._random_sequence(204)
        self.env.flush_all()
        before = self.contents()
        with self.undone():
            # whatever would write, or lock, fails
            self.env.cr.execute("SET LOCAL transaction_read_only = on")
            self.assertTrue(sequence._dry_run().log.people)
            self.assertTrue(sequence.get_forecast()["bars"])
        sequence._dry_run()
        self.env.flush_all()
        self.assertEqual(self.contents(), before)

    def contents(self):
        """Give what stands in the tables that a real run changes."""
        tables = (
            "crm_lead crm_nurture_enrollment crm_nurture_delivery mailing_trace mail_mail"
            " mail_message mail_activity sms_sms link_tracker ir_cron_trigger"
            " crm_nurture_sequence mailing_mailing mail_compose_message"
        ).split()
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM %s t",
                    SQL.identifier(table),
                )
            )
            for table in tables
        }

    def test_as_many_queries_for_many(self):
        self.env.company.nurture_cap_number = 2
        steps = [self._mail(f"mail {number}") for number in range(3)]
        sequence = self._sequence(*steps, publish=False, purpose_id=self.purpose.id)
        people, counts = self._people(200), []
        for some in (people[:2], people[:2], people):
            sequence.domain = f"[('id', 'in', {some.ids})]"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = sequence._dry_run()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(sum(self.foreseen(run, ["queued"]).values()), 3 * len(some))
        self.assertEqual(counts[1], counts[2])
