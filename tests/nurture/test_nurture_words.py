from odoo.tests import tagged

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureWords(NurtureMailCase):
    """Sentences with numbers: one and several, in English and in French."""

    def _for_leads(self, count, **values):
        leads = self._leads(count)
        wait = {"kind": "wait", "name": "w"}
        domain = f"[('id', 'in', {leads.ids})]"
        return leads, self._sequence(wait, domain=domain, user_id=self.marketing.id, **values)

    def _all_in(self, sequence, **context):
        picks = self.env["crm.nurture.pick"].with_user(self.marketing)
        context = {"active_model": sequence._name, "active_id": sequence.id, **context}
        return picks.with_context(**context).create({"sequence_id": sequence.id})

    def test_letting_all_in(self):
        leads, sequence = self._for_leads(3)
        everybody = "The sequence is for 3 leads. Everybody comes in now."
        self.assertEqual(self._all_in(sequence).words, everybody)
        sequence._enroll(leads[0])
        self.assertIn("2 of them come in now. Who is inside", self._all_in(sequence).words)
        sequence._enroll(leads[1])
        self.assertIn("One of them comes in now.", self._all_in(sequence).words)
        sequence._enroll(leads[2])
        self.assertIn("Nobody can come in now.", self._all_in(sequence).words)

    def test_one_only(self):
        _leads, sequence = self._for_leads(1)
        self.assertEqual(
            self._all_in(sequence).words, "The sequence is for 1 lead. Everybody comes in now."
        )
        french = self._all_in(sequence, lang="fr_FR").words
        self.assertEqual(french, "La séquence vise 1 piste. Tout le monde entre maintenant.")

    def test_selected_in_a_list(self):
        leads, sequence = self._for_leads(2)
        context = {"active_model": "crm.lead", "active_ids": leads.ids}
        self.assertEqual(self._all_in(sequence, **context).words, "Selected: 2 leads.")
        sequence._enroll(leads[0])
        self.assertIn("In the sequence already: 1;", self._all_in(sequence, **context).words)

    def test_nothing_is_chosen_yet(self):
        leads = self._leads(1)
        picks = self.env["crm.nurture.pick"].with_user(self.marketing)
        picks = picks.with_context(active_model="crm.lead", active_ids=leads.ids)
        self.assertEqual(picks.new({}).words, "Selected: 1 lead.")

    def test_forecast_of_one_day(self):
        people = self._people(2)
        for count, words in ((2, "2 messages on 06/01/2026,"), (1, "1 message on 06/01/2026,")):
            sequence = self._sequence(
                self._mail("one"), publish=False, purpose_id=self.purpose.id, trigger="audience"
            )
            sequence.domain = f"[('id', 'in', {people[:count].ids})]"
            forecast = sequence.get_forecast()
            self.assertIn(words, forecast["text"])
            self.assertEqual(forecast["bars"][0]["title"], f"06/01/2026: {count}")

    def test_wait_for_a_date(self):
        step = {"kind": "wait", "wait_mode": "date", "wait_field": "date_deadline"}
        sequence = self._sequence(step, publish=False)
        step = sequence.draft_id.step_ids
        for days, words in (
            (-2, "2 days before: Expected Closing"),
            (-1, "1 day before: Expected Closing"),
            (0, "On the day: Expected Closing"),
            (1, "1 day after: Expected Closing"),
            (2, "2 days after: Expected Closing"),
        ):
            step.wait_days = days
            step.invalidate_recordset(["summary"])
            self.assertEqual(step.summary, words)

    def test_a_filter_is_named_by_its_step(self):
        asks = {
            "kind": "condition",
            "name": "Hot?",
            "check": "domain",
            "domain": "[('user_id', '=', 1)]",
        }
        assign = {"kind": "assign", "name": "To Ann", "user_id": self.salesman.id}
        sequence = self._sequence(assign, asks, publish=False)
        found = sequence._unforeseen(sequence.draft_id.step_ids)
        words = "Filter of “Hot?”: checked against today's data, though “To Ann” changes"
        self.assertTrue(any(words in text for text in found), found)
