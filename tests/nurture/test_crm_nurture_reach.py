from odoo.tests import tagged

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestCrmNurtureReach(NurtureMailCase):
    """Who comes in and would get nothing all the same: foretold as it then happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(6)
        cls.sequence = cls._sequence(
            cls._mail(),
            {"kind": "sms", "name": "text", "sms_body": "Hello"},
            purpose_id=cls.purpose.id,
            domain=f"[('id', 'in', {cls.people.ids})]",
        )
        cls.env["mail.blacklist"]._add(cls.people[1].email_from)
        cls.people[2].email_from = False
        cls.people[3].write({"email_from": "nonsense", "phone": False})
        cls.people[4]._privacy_object(cls.purpose)

    def reach(self):
        sequence = self.sequence.with_user(self.marketing)
        table = self.env["crm.nurture.who"].with_user(self.marketing)
        return table.browse(table._open(sequence)["res_id"]).reach_line_ids

    def test_foretold_for_all_and_for_one(self):
        lines = {(line.channel, line.code): line for line in self.reach()}
        leads = self.env["crm.lead"].with_user(self.marketing)
        opened = {
            key: leads.search(line.action_open_people()["domain"]) for key, line in lines.items()
        }
        self.assertEqual(opened["email", "no_address"], self.people[2] | self.people[3])
        self.assertEqual(opened["sms", "no_address"], self.people[3])
        for key, line in lines.items():
            self.assertEqual(line.count, len(opened[key]), line.name)
        told = {
            lead: self.sequence.with_user(self.marketing)._why(lead.with_user(self.marketing))
            for lead in self.people
        }
        self.assertFalse(told[self.people[0]]["messages"])
        self.assertIn("E-mail: No valid e-mail address.", told[self.people[2]]["messages"])
        for lead, answer in told.items():
            refused = [key for key, people in opened.items() if lead in people]
            self.assertEqual(len(answer["messages"]), len(refused), answer["messages"])

    def test_it_happens_as_foretold(self):
        refused = {lead.id: "queued" for lead in self.people}
        for line in self.reach().filtered(lambda line: line.channel == "email"):
            outcome = "no_address" if line.code == "no_address" else "suppressed"
            people = self.env["crm.lead"].with_user(self.marketing)
            ids = people.search(line.action_open_people()["domain"]).ids
            refused.update(dict.fromkeys(ids, outcome))
        entered = self.sequence._enroll(self.people)
        self.run_until(minutes=1)
        mails = self.deliveries.search(
            [("enrollment_id", "in", entered.ids), ("step_id.kind", "=", "email")]
        )
        got = {one.enrollment_id.lead_id.id: one.outcome for one in mails}
        self.assertEqual(got, refused)
        self.assertEqual(sorted(refused.values()).count("queued"), 2)

    def test_without_messages_nobody_is_asked(self):
        sequence = self._sequence({"kind": "wait", "name": "wait"})
        self.assertFalse(sequence._reach_people())
        self.assertFalse(sequence._why(self.people[2])["messages"])
