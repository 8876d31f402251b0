from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.nurture import crm_nurture_enrollment_run
from ...models.nurture.crm_nurture_enrollment_run import CrmNurtureEnrollment
from .common import NurtureCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 3}


@tagged("post_install", "-at_install")
class TestCrmNurtureEnrollmentLife(NurtureCase):
    """Merges, deletions, retention, and the scheduled actions that do the work."""

    def up(self):
        return {"kind": "stage", "name": "up", "stage_id": self.prospect.id}

    def tally(self, sequence):
        rows = self.env["crm.nurture.tally"].search([("sequence_id", "=", sequence.id)])
        return {(row.step_id.name or "", row.outcome): row.count for row in rows}

    # -- merges and deletions ---------------------------------------------------------------

    def test_merged_leads_go_on_where_they_were_furthest(self):
        sequence = self._sequence(self.up(), WAIT, WAIT)
        leads = self._leads(3, type="opportunity", email_from="a@example.com")
        behind = sequence._enroll(leads[0])
        behind._quarantine(ValueError("stuck"))
        further = sequence._enroll(leads[1])
        self.run_until(minutes=1)
        merged = leads[:2].merge_opportunity(auto_unlink=True)
        self.assertEqual((behind | further).lead_id, merged)
        self.assertEqual((behind.state, behind.cause), ("exited", "merged"))
        self.assertEqual(further.state, "waiting")
        self.run_until(days=9)
        self.assertEqual(further.state, "done")

    def test_merged_contacts(self):
        one, other = (
            self._sequence(self.up(), WAIT, model="res.partner"),
            self._sequence(WAIT, model="res.partner"),
        )
        kept, gone = contacts = self._contact(name="A") | self._contact(name="B")
        entered = one._enroll(contacts)
        alone = other._enroll(gone)
        self.run_until(minutes=1)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(contacts.ids, kept)
        self.assertEqual((entered | alone).partner_id, kept)
        self.assertEqual(sorted(entered.mapped("state")), ["exited", "waiting"])
        self.assertEqual(alone.state, "waiting")
        self.assertFalse(one._enroll(kept))

    def test_deleted_people_stay_in_the_figures(self):
        sequence = self._sequence(self.up(), WAIT)
        leads = self._leads(3)
        sequence._enroll(leads)
        self.run_until(minutes=1)
        leads[:2].unlink()
        self.assertEqual(self.tally(sequence), {("", "waiting"): 2, ("up", "done"): 2})
        leads[2].unlink()
        self.assertEqual(self.tally(sequence), {("", "waiting"): 3, ("up", "done"): 3})
        self.assertFalse(sequence.enrollment_ids)

    def test_erased_people_stay_in_the_figures(self):
        sequence = self._sequence(self.up(), WAIT)
        entered = sequence._enroll(self._leads(2))
        self.run_until(minutes=1)
        self.env["crm.privacy.erasure"]._delete_rows("crm.nurture.enrollment", entered[:1].ids)
        self.assertEqual(self.tally(sequence), {("", "waiting"): 1, ("up", "done"): 1})
        self.env.invalidate_all()
        self.assertEqual(sequence.enrollment_ids, entered[1])

    # -- retention --------------------------------------------------------------------------

    def test_who_left_long_ago_is_deleted_and_the_figures_stay(self):
        again = self._sequence(self.up(), reentry="after", reentry_days=5)
        once = self._sequence(self.up())
        leads = self._leads(2)
        again._enroll(leads)
        kept = once._enroll(leads)
        self.run_until(days=700)
        self.enrollments._gc_left()
        self.assertEqual(len(again.enrollment_ids), 2)
        self.run_until(days=100)
        self.enrollments._gc_left()
        self.assertFalse(again.enrollment_ids)
        self.assertEqual(self.tally(again), {("", "done"): 2, ("up", "done"): 2})
        self.assertEqual(len(kept.exists()), 2, "they may not come in twice")
        self.assertFalse(self.done(kept[0]))
        self.assertEqual(self.tally(once), {("up", "done"): 2})
        self.assertFalse(once._enroll(leads))
        once.action_close()
        self.enrollments._gc_left()
        self.assertFalse(kept.exists())
        self.assertEqual(self.tally(once), {("", "done"): 2, ("up", "done"): 2})
        self.enrollments._gc_left()
        self.assertEqual(self.tally(once), {("", "done"): 2, ("up", "done"): 2})

    def test_retention_for_ever(self):
        self.env["res.config.settings"].create({"nurture_retention_months": 0}).execute()
        sequence = self._sequence(self.up(), reentry="after")
        sequence._enroll(self._leads(1))
        self.run_until(days=3000)
        self.enrollments._gc_left()
        self.assertEqual(len(sequence.enrollment_ids), 1)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.nurture_retention_months, 0)

    # -- scheduled actions ------------------------------------------------------------------

    def test_so_many_scheduled_actions_as_the_settings_say(self):
        settings = self.env["res.config.settings"]
        settings.create({"nurture_workers": 3}).execute()
        self.assertEqual(len(self.enrollments._crons()), 3)
        self.assertEqual(settings.create({}).nurture_workers, 3)
        self.assertEqual(set(self.enrollments._crons().mapped("code")), {"model._cron_run_due()"})
        settings.create({"nurture_workers": 1}).execute()
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture")
        self.assertEqual(self.enrollments._crons(), cron)
        with self.assertRaises(ValidationError):
            settings.create({"nurture_workers": 0})

    def test_scheduled_actions_do_all_that_is_due(self):
        self.patch(crm_nurture_enrollment_run, "BATCH", 2)
        sequence = self._sequence(self.up(), trigger="created")
        leads = self._leads(5)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_nurture_watch").method_direct_trigger()
            self.env.ref("crm_lifecycle.ir_cron_nurture").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(sequence.enrollment_ids.lead_id, leads)
        self.assertEqual(set(sequence.enrollment_ids.mapped("state")), {"done"})

    def test_another_transaction_in_the_way(self):
        sequence = self._sequence(self.up())
        entered = sequence._enroll(self._leads(3))
        run, calls = CrmNurtureEnrollment._run_batch, []

        def disturbed(engine, limit):
            calls.append(limit)
            if len(calls) < 3:
                raise SerializationFailure("could not serialize access")
            return run(engine, limit)

        self.patch(CrmNurtureEnrollment, "_run_batch", disturbed)
        with self.committing(self.enrollments) as engine:
            engine._cron_run_due()
        self.assertEqual(calls[:3], [1000, 250, 62])
        self.assertEqual(set(entered.mapped("state")), {"done"})

    def test_woken_at_the_next_moment_and_once(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        sequence = self._sequence(WAIT)
        sequence._enroll(self._leads(2))
        sequence._enroll(self._leads(2))
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(new.mapped("call_at"), [self.start + timedelta(days=3)])

    def test_an_idle_run_costs_little(self):
        self._sequence(WAIT)._enroll(self._leads(200))
        self.env.flush_all()
        with self.committing(self.enrollments) as engine:
            engine._cron_run_due()
            before = engine.env.cr.sql_log_count
            engine._cron_run_due()
            self.assertLessEqual(engine.env.cr.sql_log_count - before, 6)
