from odoo.tests import tagged

from .common import NurtureCase

UNSUBSCRIBE = '<p><a href="/unsubscribe_from_list">Unsubscribe</a></p>'


@tagged("post_install", "-at_install")
class TestCrmNurtureLint(NurtureCase):
    """What is wrong is found before anybody is led by it."""

    def _found(self, *steps, **values):
        sequence = self._sequence(*steps, publish=False, user_id=self.marketing.id, **values)
        return self._problems(sequence)

    def _problems(self, sequence):
        draft = sequence.with_user(self.marketing).draft_id
        return [(problem["level"], problem["text"]) for problem in draft._lint()]

    def assertFound(self, found, level, words):
        self.assertTrue(
            any(one == level and words in text for one, text in found), (level, words, found)
        )

    def test_a_good_sequence(self):
        body = f"<p>Our new flours are here.</p>{UNSUBSCRIBE}"
        found = self._found(
            {"kind": "email", "name": "News", "body_html": body}, {"kind": "wait", "name": "wait"}
        )
        self.assertFalse(found)

    def test_no_steps(self):
        self.assertFound(self._found(), "error", "no steps yet")

    def test_a_step_that_nobody_comes_to(self):
        found = self._found({"kind": "exit", "name": "out"}, {"kind": "wait", "name": "never"})
        self.assertFound(found, "error", "Nobody comes to this step")

    def test_what_a_step_lacks(self):
        self.assertFound(self._found({"kind": "stage", "name": "up"}), "error", "lifecycle stage")

    def test_messages(self):
        found = self._found({"kind": "email", "name": "m", "body_html": "<p>Some words here</p>"})
        self.assertFound(found, "error", "no link to unsubscribe")
        found = self._found({"kind": "email", "name": "m", "body_html": UNSUBSCRIBE})
        self.assertFound(found, "error", "no text yet")
        self.assertFound(self._found({"kind": "sms", "name": "s"}), "error", "no text yet")

    def test_waits(self):
        short = {"kind": "wait", "name": "w", "wait_number": 1, "wait_unit": "minutes"}
        self.assertFound(self._found(short), "warning", "shorter than")
        nothing = {"kind": "wait", "name": "w", "wait_number": 0}
        self.assertFound(self._found(nothing), "warning", "waits for nothing")

    def test_a_question_about_a_message_that_nobody_sends(self):
        found = self._found({"kind": "condition", "name": "?", "check": "clicked"})
        self.assertFound(found, "error", "no step sends one")

    def test_filters(self):
        asked = {"kind": "condition", "name": "?", "domain": "[('no_such_field', '=', 1)]"}
        self.assertFound(self._found(asked), "error", "does not exist")
        self.patch(self.env["crm.lead"]._fields["referred"], "groups", "base.group_system")
        asked = {"kind": "condition", "name": "?", "domain": "[('referred', '=', 'x')]"}
        self.assertFound(self._found(asked), "error", "may not see")
        self.assertFound(
            self._found({"kind": "condition", "name": "?", "domain": "[('name',"}),
            "error",
            "does not work",
        )

    def test_sequences_that_start_each_other(self):
        other = self._sequence({"kind": "wait", "name": "w"}, name="Other", publish=False)
        one = self._sequence(
            {"kind": "sequence", "name": "on", "next_sequence_id": other.id},
            name="One",
            publish=False,
            user_id=self.marketing.id,
        )
        self.assertFalse(self._problems(one))
        other.draft_id.step_ids.unlink()
        self._step(other, kind="sequence", next_sequence_id=one.id)
        other.action_publish()
        self.assertFound(self._problems(one), "error", "One → Other → One")
        self._step(one, kind="wait", sequence=0)
        self.assertFalse([text for level, text in self._problems(one) if level == "error"])

    def test_two_sequences_for_the_same_people(self):
        body = f"<p>Our new flours are here.</p>{UNSUBSCRIBE}"
        mail = {"kind": "email", "name": "News", "body_html": body}
        leads = self._leads(3)
        self._sequence({"kind": "wait", "name": "w"}, mail, name="Loud")._enroll(leads[:2])
        found = self._found(mail, domain=f"[('id', 'in', {leads.ids})]")
        self.assertFound(found, "warning", "“Loud” writes to the same people within a week: 2")
