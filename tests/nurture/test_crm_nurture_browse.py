from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import NurtureCase

UNSUBSCRIBE = '<p><a href="/unsubscribe_from_list">Unsubscribe</a></p>'


@tagged("post_install", "-at_install")
class TestCrmNurtureBrowse(NurtureCase):
    """What a marketer is told before many people are moved, and what can be taken back."""

    def _edited(self, *kept, people=2):
        """Give a sequence with people at its first step, whose draft has only some steps."""
        sequence = self._sequence(
            *({"kind": "wait", "name": name, "wait_number": 3} for name in ("a", "b")),
            {
                "kind": "tag",
                "name": "tag",
                "tag_ids": self.env["crm.tag"].create({"name": "T"}).ids,
            },
            user_id=self.marketing.id,
        ).with_user(self.marketing)
        entered = sequence._enroll(self._leads(people))
        sequence.action_edit()
        sequence.draft_id.step_ids.filtered(lambda step: step.name not in kept).unlink()
        return sequence, entered

    def _dialog(self, sequence):
        return self.env["crm.nurture.publish"].with_user(self.marketing)._prepare(sequence)

    # ------------------------------------------------------------
    # Publishing
    # ------------------------------------------------------------

    def test_a_step_that_is_gone_leads_to_the_next_one_behind_it(self):
        sequence, _people = self._edited("b", "tag")
        line = self._dialog(sequence).line_ids
        self.assertEqual(line.choice, "stay")
        line.choice = "go"
        self.assertEqual(line.target_id.name, "b")

    def test_a_last_step_that_is_gone_leads_nowhere_by_itself(self):
        sequence, people = self._edited("a")
        self.run_until(days=3)
        self.assertEqual(set(people.step_id.mapped("name")), {"b"})
        line = self._dialog(sequence).line_ids
        line.choice = "go"
        self.assertFalse(line.target_id)

    def test_nobody_moved_goes_on_before_it_could_be_undone(self):
        sequence, people = self._edited("tag")
        before = people.step_id
        dialog = self._dialog(sequence)
        dialog.line_ids.choice = "go"
        dialog.action_publish()
        self.run_until(minutes=9)
        self.assertEqual(set(people.mapped("state")), {"waiting"})
        message = sequence.action_undo_publication()["params"]["message"]
        self.assertIn("People back at their step: 2.", message)
        self.assertEqual(people.step_id, before)
        self.assertEqual(set(people.mapped("due_at")), {fields.Datetime.add(self.start, days=3)})

    def test_who_is_moved_goes_on_after_the_time_for_the_undo(self):
        sequence, people = self._edited("tag")
        dialog = self._dialog(sequence)
        dialog.line_ids.choice = "go"
        dialog.action_publish()
        self.run_until(minutes=11)
        self.assertEqual(set(people.mapped("state")), {"done"})

    def test_who_went_on_while_the_dialog_was_open_is_led_as_well(self):
        sequence, people = self._edited("b", "tag")
        dialog = self._dialog(sequence)
        self.run_until(days=3)
        self.assertEqual(set(people.step_id.mapped("name")), {"b"})
        message = dialog.action_publish()["params"]["message"]
        self.assertIn("People moved: 2", message)
        self.assertEqual(people.version_id, sequence.version_id)

    def test_the_dialog_tells_how_many_come_in(self):
        leads = self._leads(3)
        own = f"[('id', 'in', {leads.ids})]"
        wait = {"kind": "wait", "name": "w"}
        values = {"domain": own, "user_id": self.marketing.id, "publish": False}
        for trigger, with_present, words in (
            ("manual", False, "Nobody comes in by itself"),
            ("created", False, "Is created"),
            ("created", True, "as soon as it is published: 3."),
            ("audience", False, "as soon as it is published: 3."),
        ):
            with self.subTest(trigger=trigger, with_present=with_present):
                sequence = self._sequence(
                    wait, trigger=trigger, with_present=with_present, **values
                )
                self.assertIn(words, self._dialog(sequence).entering)

    # ------------------------------------------------------------
    # Letting all in
    # ------------------------------------------------------------

    def _all_in(self, sequence, user):
        action = sequence.with_user(user).action_let_all_in()
        wizard = self.env[action["res_model"]].with_user(user)
        return Form(wizard.with_context(**action["context"]))

    def test_all_are_counted_before_they_come_in(self):
        leads = self._leads(5)
        leads[0].lifecycle_stage_id = self.prospect
        sequence = self._sequence(
            {"kind": "wait", "name": "w"},
            domain=f"[('id', 'in', {leads.ids})]",
            goal_stage_id=self.prospect.id,
            user_id=self.marketing.id,
        )
        sequence._enroll(leads[1])
        form = self._all_in(sequence, self.marketing)
        self.assertEqual(form.newcomer_count, 3)
        self.assertIn("for 5 leads. 3 of them come in now.", form.words)
        message = form.save().action_apply()["params"]["message"]
        self.assertTrue(message.startswith("3 came into"), message)
        self.assertEqual(sequence.enrollment_ids.lead_id, leads[1:])
        self.assertEqual(self._all_in(sequence, self.marketing).newcomer_count, 0)

    def test_who_may_come_again_is_counted(self):
        leads = self._leads(2)
        sequence = self._sequence(
            {"kind": "exit", "name": "out"},
            domain=f"[('id', 'in', {leads.ids})]",
            reentry="after",
            reentry_days=10,
        )
        sequence._enroll(leads)
        self.run_until(days=9)
        self.assertEqual(sequence._count_newcomers(), 0)
        self.run_until(days=2)
        self.assertEqual(sequence._count_newcomers(), 2)
        self.assertEqual(sequence._enroll_audience(), 2)

    def test_salespeople_do_not_let_all_in(self):
        sequence = self._sequence({"kind": "wait", "name": "w"})
        with self.assertRaises(AccessError):
            sequence.with_user(self.salesman).action_let_all_in()
        pick = (
            self.env["crm.nurture.pick"]
            .with_user(self.salesman)
            .with_context(active_model=sequence._name, active_id=sequence.id)
            .create({"sequence_id": sequence.id})
        )
        self.assertEqual(pick.newcomer_count, 0)
        with self.assertRaises(AccessError):
            pick.action_apply()

    # ------------------------------------------------------------
    # The text of a message, and what is found in the steps
    # ------------------------------------------------------------

    def test_a_new_message_begins_with_the_choice_of_a_design(self):
        step = self._sequence({"kind": "email", "name": "m"}, publish=False).draft_id.step_ids
        self.assertFalse(step.mailing_id.body_arch)
        self.assertIn("/unsubscribe_from_list", step.mailing_id.body_html)

    def test_a_given_text_is_a_letter_in_the_editor(self):
        body = f"<p>Our new flours are here.</p>{UNSUBSCRIBE}"
        step = self._sequence(
            {"kind": "email", "name": "m", "body_html": body}, publish=False
        ).draft_id.step_ids
        for text in ("Our new flours", "Our old flours"):
            step.body_html = f"<p>{text}</p>{UNSUBSCRIBE}"
            self.assertIn("o_basic_theme", step.mailing_id.body_arch)
            self.assertIn(text, step.mailing_id.body_arch)
            self.assertNotIn("o_layout", step.mailing_id.body_html)

    def test_the_shortest_wait_is_that_of_the_scheduled_action(self):
        cron = self.env.ref("crm_lifecycle.ir_cron_nurture_watch")
        step = {"kind": "wait", "name": "w", "wait_number": 30, "wait_unit": "minutes"}
        draft = self._sequence(step, publish=False).draft_id
        self.assertFalse(draft._lint())
        cron.write({"interval_number": 2, "interval_type": "hours"})
        self.assertIn("120 minutes", draft._lint()[0]["text"])
        cron.active = False
        self.assertIn("switched off", " ".join(one["text"] for one in draft._lint()))

    def test_a_question_that_everybody_answers_with_yes(self):
        asked = {"kind": "condition", "name": "?", "check": "domain"}
        draft = self._sequence(asked, publish=False).draft_id
        self.assertIn("always yes", " ".join(one["text"] for one in draft._lint()))

    def test_the_owner_gets_no_mail_about_each_message(self):
        sequence = self._sequence(publish=False, user_id=self.marketing.id)
        before = self.env["mail.mail"].sudo().search_count([])
        step = self._step(sequence, kind="email", name="m")
        step.mailing_id._copy_for_step()
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        notified = step.mailing_id.message_ids.notified_partner_ids
        self.assertNotIn(self.marketing.partner_id, notified)

    def test_messages_of_a_copy_come_from_its_owner(self):
        ready = self.env.ref("crm_lifecycle.nurture_sequence_welcome")
        own = self.env["crm.nurture.sequence"].browse(
            ready.with_user(self.marketing).action_use()["res_id"]
        )
        mailings = own.draft_id.step_ids._mailings()
        self.assertEqual(mailings.user_id, self.marketing)
        self.assertEqual(set(mailings.mapped("email_from")), {self.marketing.email_formatted})

    def test_messages_of_a_copy_keep_an_address_of_their_own(self):
        sequence = self._sequence({"kind": "email", "name": "m"}, publish=False)
        sequence.draft_id.step_ids.mailing_id.email_from = "shop@example.com"
        copied = sequence.with_user(self.marketing).copy()
        self.assertEqual(copied.draft_id.step_ids._mailings().email_from, "shop@example.com")

    def test_nobody_is_thanked_who_never_wrote(self):
        ready = self.env.ref("crm_lifecycle.nurture_sequence_welcome")
        lead, suspect = self._leads(2)
        suspect.lifecycle_stage_id = self.suspect
        self.env.flush_all()
        found = {row[0] for row in self.env.execute_query(ready._audience().select())}
        self.assertEqual(found & {lead.id, suspect.id}, {lead.id})
