from odoo.exceptions import AccessError

from .common import EMAIL, NAME, ErasureCase


class TestCrmPrivacyLook(ErasureCase):
    """The officer sees what a plan found, and nothing else of what is closed to officers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.looks = cls.env["crm.privacy.look"].with_user(cls.officer)

    def _look(self, action):
        self.assertEqual(action["res_model"], "crm.privacy.look")
        return self.looks.browse(action["res_id"])

    def test_a_lead_of_the_plan_is_shown_in_a_dialog(self):
        request = self.request()
        request.action_plan()
        line = self.line(request, "crm.lead", "email_from")
        self.assertFalse(self.env["crm.lead"].with_user(self.officer).has_access("read"))
        self.assertIn(EMAIL, self._look(line.action_open_records()).content)

    def test_what_the_officer_may_open_is_opened(self):
        request = self.request()
        request.action_plan()
        line = self.line(request, "res.partner", "email")
        self.assertEqual(line.action_open_records()["res_model"], "res.partner")

    def test_a_record_that_may_be_the_person(self):
        identity = self.request().identity_ids
        line = identity.filtered(lambda line: line.res_model == "crm.lead")
        self.assertIn(EMAIL, self._look(line.action_open_record()).content)

    def test_records_that_are_gone(self):
        request = self.request()
        request.action_plan()
        line = self.line(request, "crm.lead", "email_from")
        look = self._look(line.action_open_records())
        self.lead.unlink()
        look.invalidate_recordset()
        self.assertNotIn(NAME, look.content)
        self.assertIn("do not exist", look.content)

    def test_others_see_nothing(self):
        request = self.request()
        request.action_plan()
        look = self._look(self.line(request, "crm.lead", "email_from").action_open_records())
        with self.assertRaises(AccessError):
            _content = look.with_user(self.manager).content

    def test_the_dialog_stores_nothing_of_the_person(self):
        request = self.request()
        request.action_plan()
        look = self._look(self.line(request, "crm.lead", "email_from").action_open_records())
        self.assertTrue(look.content)
        self.assertNotIn(EMAIL, str(self.rows(look)))

    def test_the_next_step_is_said_until_the_end(self):
        request = self.request()
        self.assertIn("Make the plan", request.next_step)
        request.action_plan()
        self.assertIn("approve", request.next_step)
        request.action_approve()
        self.assertIn("Erase", request.next_step)
        request.company_id.sudo().privacy_second_person = True
        other = self.request(self.other)
        other.action_plan()
        self.assertIn("second person", other.next_step)
