from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestCrmNurtureDryRunScreen(NurtureMailCase):
    """What one sees of a dry run, and who sees it."""

    def setUp(self):
        super().setUp()
        self.people = self._people(10)
        self.people[0].email_from = False
        self.env["mail.blacklist"]._add(self.people[1].email_from)
        steps = (self._mail("one"), {"kind": "wait", "wait_number": 3}, self._mail("two"))
        sequence = self._sequence(*steps, publish=False, purpose_id=self.purpose.id)
        sequence.write({"domain": f"[('id', 'in', {self.people.ids})]", "daily_budget": 4})
        sequence.user_id = self.marketing
        self.sequence = sequence.with_user(self.marketing)

    def dry_run(self):
        action = self.sequence.action_dry_run()
        return self.env[action["res_model"]].with_user(self.marketing).browse(action["res_id"])

    def rows(self, action):
        return self.env[action["res_model"]].with_user(self.marketing).search(action["domain"])

    def test_every_figure_opens_its_people(self):
        run = self.dry_run()
        totals = {(total.outcome, total.rule): total for total in run.total_ids}
        self.assertEqual(totals["entered", False].count, 10)
        self.assertEqual(totals["queued", False].count, 16)
        self.assertEqual(totals["queued", False].people_count, 8)
        missing = totals["no_address", "mail_email_missing"]
        self.assertEqual(self.rows(missing.action_open_people()).lead_id, self.people[0])
        listed = totals["suppressed", "mail_bl"]
        self.assertEqual(self.rows(listed.action_open_people()).lead_id, self.people[1])
        for total in run.total_ids:
            rows = self.rows(total.action_open_people())
            self.assertEqual(len(rows), total.count)
            self.assertEqual(len(rows.lead_id), total.people_count)
        everything = self.rows(run.action_open_figures())
        self.assertEqual(len(everything), sum(run.total_ids.mapped("count")))
        opened = everything[:1].action_open_record()
        self.assertEqual(opened["res_id"], everything[0].lead_id.id)

    def test_the_days(self):
        run = self.dry_run()
        self.assertIn("E-mails that leave: 16; SMS that leave: 0", run.summary)
        self.assertIn("coming in: 10;", run.summary)
        self.assertIn("leaves on 06/01/2026, the last one on 06/06/2026", run.summary)
        self.assertIn("Everybody is through on 06/06/2026", run.summary)

    def test_those_in_quarantine_are_counted_among_those_inside(self):
        self.sequence.with_user(self.env.user).action_publish()
        self.sequence._enroll(self.people)
        self.sequence.enrollment_ids[0].sudo().state = "quarantine"
        inside = self.sequence.inside_count
        self.assertIn(f"People inside now: {inside};", self.dry_run().summary)

    def test_pivot_and_graph(self):
        action = self.dry_run().action_open_figures()
        people = self.env["crm.nurture.dry.run.person"].with_user(self.marketing)
        groups = people.formatted_read_group(
            action["domain"], ["step_id", "outcome", "day:day"], ["nbr:sum"]
        )
        self.assertEqual(sum(group["nbr:sum"] for group in groups), len(self.rows(action)))

    def test_run_again(self):
        run = self.dry_run()
        self.people[2:5].active = False
        run.action_again()
        totals = {(total.outcome, total.rule): total.count for total in run.total_ids}
        self.assertEqual(totals["queued", False], 10)
        run.newcomers = False
        run.action_again()
        self.assertFalse(run.total_ids)

    def test_forecast(self):
        forecast = self.sequence.get_forecast()
        self.assertEqual(sum(bar["count"] for bar in forecast["bars"]), 16)
        self.assertIn("16 messages", forecast["text"])
        for bar in forecast["bars"]:
            action = self.sequence.open_forecast(bar["first"], bar["last"])
            self.assertEqual(len(self.rows(action)), bar["count"])

    def test_who_may(self):
        run = self.dry_run()
        other = mail_new_test_user(
            self.env, login="other_marketing", groups="crm_lifecycle.group_lifecycle_user"
        )
        people = self.env["crm.nurture.dry.run.person"]
        self.assertFalse(people.with_user(other).search([("dry_run_id", "=", run.id)]))
        with self.assertRaises(AccessError):
            run.with_user(other).action_again()
        self.sequence.sudo().shared = False
        with self.assertRaises(AccessError):
            self.sequence.with_user(other).action_dry_run()
        with self.assertRaises(AccessError):
            self.sequence.with_user(self.salesman).get_forecast()

    def test_without_steps(self):
        with self.assertRaisesRegex(UserError, "no steps yet"):
            self._sequence(publish=False).action_dry_run()

    def test_what_is_not_foreseen(self):
        draft = self.sequence.draft_id
        self._step(self.sequence, kind="assign", user_id=self.marketing.id, name="Hand over")
        self._step(
            self.sequence,
            kind="condition",
            name="Mine?",
            domain=f"[('user_id', '=', {self.marketing.id})]",
        )
        texts = self.sequence._unforeseen(draft.step_ids)
        self.assertTrue(any("“Hand over” changes “Salesperson”" in text for text in texts), texts)
