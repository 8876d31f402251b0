from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NurtureCase


@tagged("post_install", "-at_install")
class TestCrmNurtureEdit(NurtureCase):
    """Arranging steps, making the next version, leading the people inside to it, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sequences = cls.env["crm.nurture.sequence"].with_user(cls.marketing)

    def _waits(self, *names):
        sequence = self._sequence(
            *({"kind": "wait", "name": name, "wait_number": 3} for name in names)
        )
        return sequence.with_user(self.marketing)

    def _names(self, version):
        steps = version.step_ids.sorted(lambda step: (step.sequence, step.id))
        return [(step.name, step.parent_id.name or "", step.branch or "") for step in steps]

    def _publish(self, sequence, **choices):
        """Publish, with a choice, or a choice and a step, for each step by name."""
        dialog = self.env["crm.nurture.publish"].with_user(self.marketing)._prepare(sequence)
        for line in dialog.line_ids:
            choice, target = choices.get(line.step_id.name, (line.choice, None))
            line.choice = choice
            if target:
                line.target_id = target
        dialog.action_publish()
        return dialog

    def test_steps_are_put_anywhere_but_into_themselves(self):
        draft = self.sequences.create({"name": "New"}).draft_id
        ids = [draft.add_step("wait", position=0) for _number in range(2)]
        asked = draft.add_step("condition", position=1)
        steps = self.env["crm.nurture.step"].with_user(self.marketing)
        for key, name in zip((*ids, asked), ("a", "b", "?"), strict=True):
            steps.browse(key).name = name
        self.assertEqual(self._names(draft), [("b", "", ""), ("?", "", ""), ("a", "", "")])
        draft.move_step(ids[0], asked, "no", 0)
        self.assertIn(("a", "?", "no"), self._names(draft))
        draft.move_step(ids[0], False, False, 0)
        self.assertEqual([name for name, _parent, _branch in self._names(draft)], ["a", "b", "?"])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.move_step(asked, asked, "yes", 0)

    def test_an_edit_makes_the_next_version_with_the_same_keys(self):
        sequence = self._waits("a", "b")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            sequence.version_id.move_step(sequence.version_id.step_ids[0].id, position=1)
        sequence.action_edit()
        self.assertEqual(self._names(sequence.draft_id), self._names(sequence.version_id))
        self.assertEqual(
            sequence.draft_id.step_ids.mapped("key"), sequence.version_id.step_ids.mapped("key")
        )
        sequence.action_discard_draft()
        self.assertFalse(sequence.draft_id)
        self.assertEqual(sequence.version_id.number, 1)

    def test_a_copied_condition_asks_about_the_copied_message(self):
        sequence = self._sequence(
            {"kind": "email", "name": "mail", "body_html": "<p>News</p>"}, publish=False
        )
        mail = sequence.draft_id.step_ids
        self._step(
            sequence,
            kind="condition",
            name="?",
            check="clicked",
            message_step_id=mail.id,
            sequence=9,
        )
        sequence.action_publish()
        draft = sequence.version_id._make_draft()
        copied, asked = draft.step_ids.sorted("sequence")
        self.assertEqual(asked.message_step_id, copied)
        self.assertNotEqual(copied.mailing_id, mail.mailing_id)

    def test_people_are_led_to_the_new_version_and_back(self):
        sequence = self._waits("a", "b")
        first, second = sequence.version_id.step_ids
        leads = self._leads(4)
        people = sequence._enroll(leads)
        self.run_until(days=3)
        late = sequence._enroll(self._leads(2))
        due = people.mapped("due_at")
        before = sequence.version_id
        sequence.action_edit()
        sequence.draft_id.step_ids.filtered(lambda step: step.name == "a").unlink()
        dialog = self._publish(sequence)
        self.assertEqual((dialog.go_count, dialog.stay_count, dialog.leave_count), (4, 2, 0))
        self.assertEqual(people.version_id, sequence.version_id)
        self.assertEqual(people.step_id.name, "b")
        self.assertEqual(people.mapped("due_at"), due)
        self.assertEqual(late.version_id, before)
        self.assertEqual(before.state, "retired")
        sequence.action_undo_publication()
        self.assertEqual(people.step_id, second)
        self.assertEqual(late.step_id, first)
        self.assertEqual(people.mapped("due_at"), due)
        self.assertEqual((sequence.version_id, before.state), (before, "published"))
        self.assertEqual(sequence.draft_id.number, 2)
        with self.assertRaises(UserError):
            sequence.action_undo_publication()

    def test_people_leave_or_go_to_another_step(self):
        sequence = self._waits("a", "b")
        people = sequence._enroll(self._leads(3))
        sequence.action_edit()
        target = sequence.draft_id.step_ids.filtered(lambda step: step.name == "b")
        self._publish(sequence, a=("go", target))
        self.assertEqual(people.step_id, target)
        sequence.action_edit()
        self._publish(sequence, b=("leave", None))
        self.assertEqual(set(people.mapped("state")), {"exited"})
        sequence.action_undo_publication()
        self.assertEqual(set(people.mapped("state")), {"waiting"})
        self.assertEqual(people.step_id, target)

    def test_who_has_gone_on_stays_at_an_undo(self):
        sequence = self._waits("a", "b")
        people = sequence._enroll(self._leads(2))
        sequence.action_edit()
        self._publish(sequence)
        new = sequence.version_id
        self.run_until(days=3)
        sequence.action_undo_publication()
        self.assertEqual(people.version_id, new)
        self.assertEqual(new.state, "retired")

    def test_nothing_comes_again_on_another_version(self):
        sequence = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id},
            {"kind": "wait", "name": "wait", "wait_number": 3},
        ).with_user(self.marketing)
        lead = self._leads(1)
        person = sequence._enroll(lead)
        self.run_until(days=1)
        lead.lifecycle_stage_id = self.lead
        sequence.action_edit()
        target = sequence.draft_id.step_ids.filtered(lambda step: step.name == "up")
        self._publish(sequence, wait=("go", target))
        self.run_until(days=1)
        self.assertEqual(lead.lifecycle_stage_id, self.lead)
        self.assertEqual((person.step_id.name, self.done(person)), ("wait", [("up", "done")]))

    def test_a_copy_of_a_sequence_has_its_steps(self):
        sequence = self._waits("a", "b")
        copied = sequence.copy()
        self.assertEqual(self._names(copied.draft_id), self._names(sequence.version_id))
        self.assertEqual((copied.state, copied.user_id), ("draft", self.marketing))

    def test_a_ready_sequence_is_taken_over(self):
        for name in ("welcome", "wake_up", "win_back"):
            ready = self.env.ref(f"crm_lifecycle.nurture_sequence_{name}")
            with self.assertRaises(UserError), self.env.cr.savepoint():
                ready.action_publish()
            action = ready.with_user(self.marketing).action_use()
            own = self.sequences.browse(action["res_id"])
            self.assertFalse(own.is_ready)
            self.assertEqual(own.user_id, self.marketing)
            errors = [one for one in own.draft_id._lint() if one["level"] == "error"]
            self.assertFalse(errors)
            mails = own.draft_id.step_ids.filtered(lambda step: step.kind == "email")
            for step in mails:
                self.assertEqual(step.mailing_id.subject, step.text_id.subject)
            own.action_publish()
