import re
from io import BytesIO

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import convert_xml_import, file_open
from odoo.tools.convert import ParseError

from .mail_common import NurtureMailCase


@tagged("post_install", "-at_install")
class TestNurtureData(NurtureMailCase):
    """Sequences as XML records, by calls and by imports: as the documentation says."""

    def load(self, mode="init", change=None):
        """Load the example of the documentation, as an addon does; give its sequence."""
        with file_open("crm_lifecycle/doc/sequences.md") as guide:
            [xml] = re.findall(r"```xml\n(.*?)```", guide.read(), re.DOTALL)
        for old, new in change or ():
            self.assertIn(old, xml)
            xml = xml.replace(old, new)
        with file_open("crm_lifecycle/__manifest__.py", "rb") as handle:
            name = handle.name
        self.convert(xml, name, mode)
        return self.env.ref("crm_lifecycle.sequence_follow_up")

    def convert(self, xml, name, mode):
        file = Xml(xml.encode(), name)
        convert_xml_import(self.env, "crm_lifecycle", file, {}, mode)

    def test_every_kind_of_step_works(self):
        self.env.ref("base.user_admin").company_ids |= self.env.company
        sequence = self.load()
        sequence.purpose_id = self.purpose
        steps = sequence.version_id.step_ids
        kinds = set(dict(steps._fields["kind"].selection))
        self.assertEqual(set(steps.mapped("kind")), kinds)
        self.assertEqual(sequence.state, "running")
        people = self._people(2, company_id=self.env.company.id)
        clicking, _other = entered = sequence._enroll(people)
        self.run_until(minutes=1)
        trace = self.delivery(clicking).trace_id
        link = self.env["link.tracker"].search([("url", "like", "/catalogue")], limit=1)
        trace.write({"sent_datetime": self.clock(), "trace_status": "sent"})
        self.clock.tick(3600)
        self.env["link.tracker.click"].create({"link_id": link.id, "mailing_trace_id": trace.id})
        self.env.cr.execute("UPDATE link_tracker_click SET create_date = %s", [self.clock()])
        trace.set_clicked()
        self.run_until(days=20)
        self.assertEqual(set(entered.mapped("state")), {"exited"}, entered.mapped("reason"))
        self.assertEqual(set(entered.mapped("cause")), {"exit"})
        self.assertEqual(len(people[0].activity_ids), 2)
        self.assertFalse(people[1].activity_ids)
        self.assertEqual(set(people.mapped("referred")), {"Fair"})
        self.assertEqual(set(people.tag_ids.mapped("name")), {"Met at the fair"})
        self.assertEqual(people.user_id, self.env.ref("base.user_admin"))
        peace = self.env.ref("crm_lifecycle.sequence_follow_up_peace")
        self.assertEqual(peace.enrollment_ids.lead_id, people)

    def test_updates_leave_it_alone(self):
        sequence = self.load()
        sequence.name = "Ours"
        version, steps = sequence.version_id, sequence.version_id.step_ids
        for _number in range(2):
            sequence = self.load("update")
        self.assertEqual((sequence.name, sequence.version_id), ("Ours", version))
        self.assertEqual((sequence.version_ids, version.step_ids), (version, steps))
        self.assertEqual(len(steps), len(set(steps.mapped("key"))))

    def test_updates_that_change_nothing_are_allowed_without_the_flag(self):
        change = [
            ('noupdate="1"', 'noupdate="0"'),
            ("<function", "<!--function"),
            (']]"/>', ']]"/-->'),
        ]
        sequence = self.load(change=change)
        sequence.purpose_id = self.purpose
        self.env.ref("crm_lifecycle.sequence_follow_up_peace").action_publish()
        sequence.action_publish()
        version = sequence.version_id
        self.load("update", change)
        self.assertEqual(sequence.version_ids, version)
        steps = len(version.step_ids)
        change.append(('"activity_days" eval="1"', '"activity_days" eval="2"'))
        with self.assertRaises(ParseError) as caught:
            self.load("update", change)
        self.assertIn("is published", str(caught.exception.__cause__))
        self.assertEqual(len(version.step_ids), steps)

    def test_by_calls_as_marketing(self):
        marketing = self.env(user=self.marketing)
        sequence = marketing["crm.nurture.sequence"].create({"name": "Welcome"})
        marketing["crm.nurture.step"].create(
            [
                {"sequence_id": sequence.id, "sequence": 10, "kind": "wait", "wait_number": 2},
                {"sequence_id": sequence.id, "kind": "stage", "stage_id": self.prospect.id},
            ]
        )
        sequence.action_publish()
        entered = self.env["crm.nurture.sequence"].browse(sequence.id)._enroll(self._leads(2))
        self.run_until(days=3)
        self.assertEqual(set(entered.mapped("state")), {"done"})

    def test_all_in_one_call(self):
        step = {"kind": "stage", "stage_id": self.prospect.id}
        sequence = (
            self.env["crm.nurture.sequence"]
            .with_user(self.marketing)
            .create({"name": "S", "version_ids": [(0, 0, {"step_ids": [(0, 0, step)]})]})
        )
        self.assertEqual(len(sequence.version_ids), 1)
        self.assertEqual(sequence.draft_id.step_ids.stage_id, self.prospect)

    def test_import_of_steps(self):
        sequence = self.env["crm.nurture.sequence"].with_user(self.marketing).create({"name": "S"})
        result = (
            self.env["crm.nurture.step"]
            .with_user(self.marketing)
            .load(
                ["sequence_id/.id", "sequence", "kind", "name", "wait_number", "stage_id"],
                [
                    [str(sequence.id), "10", "Wait", "Some days", "4", ""],
                    [str(sequence.id), "20", "Lifecycle stage", "Up", "", self.prospect.name],
                ],
            )
        )
        self.assertFalse(result["messages"])
        self.assertEqual(sequence.draft_id.step_ids.mapped("kind"), ["wait", "stage"])
        self.assertEqual(sequence.draft_id.step_ids[0].wait_number, 4)
        sequence.action_publish()
        with self.assertRaises(UserError):
            sequence.version_id.step_ids[0].wait_number = 9


class Xml(BytesIO):
    """A file with a name and a content, as the loader of Odoo wants it."""

    def __init__(self, content, name):
        super().__init__(content)
        self.name = name
