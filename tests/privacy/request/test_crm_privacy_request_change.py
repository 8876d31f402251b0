from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RequestCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestChange(RequestCase):
    """Rectification: before and after."""

    def _field(self, name, model="res.partner"):
        return self.env["ir.model.fields"]._get(model, name).id

    def _rectification(self, *changes):
        request = self._verified(type="rectification")
        request.change_ids = [
            fields.Command.create({"field_id": self._field(name), "new_value": value})
            for name, value in changes
        ]
        return request

    def test_values_are_written_when_it_is_run(self):
        request = self._rectification(("email", "zoe@new.example"), ("city", "Lyon"))
        self.assertEqual(request.change_ids[0].old_value, "zoe@quenneville.example")
        request.action_approve()
        self.assertEqual(self.zoe.email, "zoe@quenneville.example")
        request.action_run()
        self.assertEqual((self.zoe.email, self.zoe.city), ("zoe@new.example", "Lyon"))
        self.assertEqual(request.state, "done")
        self.assertTrue(all(request.change_ids.mapped("applied_at")))

    def test_the_wrong_value_is_not_kept_in_the_history(self):
        request = self._rectification(("email", "zoe@new.example"))
        request.action_approve()
        before = self.zoe.message_ids
        request.action_run()
        self.env.flush_all()
        self.assertEqual(self.zoe.message_ids, before)

    def test_kinds_of_values(self):
        france = self.env.ref("base.fr")
        request = self._rectification(("country_id", france.name), ("street", ""))
        self.zoe.street = "1 rue X"
        request.action_approve()
        request.action_run()
        self.assertEqual(self.zoe.country_id, france)
        self.assertFalse(self.zoe.street)

    def test_values_that_do_not_fit_are_refused(self):
        for name, value in (("country_id", "Atlantis"), ("lang", "Klingon"), ("user_id", "Nobody")):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._rectification((name, value))

    def test_a_field_of_another_model_is_refused(self):
        request = self._verified(type="rectification")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            request.change_ids = [
                fields.Command.create(
                    {"field_id": self._field("name", "res.users"), "new_value": "x"}
                )
            ]

    def test_something_must_be_corrected(self):
        request = self._verified(type="rectification")
        with self.assertRaisesRegex(UserError, "what is corrected"):
            request.action_approve()

    def test_what_was_made_stays_in_the_register(self):
        request = self._rectification(("city", "Lyon"))
        request.action_approve()
        request.action_run()
        with self.assertRaises(UserError):
            request.change_ids.new_value = "Paris"
        with self.assertRaises(UserError):
            request.change_ids.unlink()
        with self.assertRaises(AccessError):
            request.change_ids.with_user(self.marketing).read(["old_value"])

    def test_values_are_deleted_after_some_months(self):
        old, young = self._rectification(("city", "Lyon")), self._rectification(("city", "Paris"))
        for request in (old, young):
            request.action_approve()
            request.action_run()
        months = self.company.privacy_values_months
        old.change_ids.sudo().applied_at = fields.Datetime.now() - timedelta(days=31 * months + 3)
        self.env["crm.privacy.request.change"]._gc_values()
        self.assertTrue(old.change_ids.purged)
        self.assertFalse(old.change_ids.new_value or old.change_ids.old_value)
        self.assertEqual(old.change_ids.field_id.name, "city")
        self.assertEqual(young.change_ids.new_value, "Paris")

    def test_recipients_are_told(self):
        request = self._rectification(("city", "Lyon"))
        request.recipient_ids = [fields.Command.create({"name": "The carrier"})]
        self.assertEqual(request.untold_count, 1)
        request.recipient_ids.action_notified()
        self.assertEqual(request.untold_count, 0)
        self.assertTrue(request.recipient_ids.notified_at)

    def test_a_request_from_the_form_is_corrected_after_its_contact_is_confirmed(self):
        person = self._contact(name="Form Person", email="form@person.example", city="Nice")
        request = (
            self.env["crm.privacy.request"]
            .with_user(self.officer)
            .create(
                {
                    "type": "rectification",
                    "email": "form@person.example",
                    "verification_note": "Known",
                }
            )
        )
        request.action_find_identity()
        request.action_confirm_identity()
        self.assertEqual(request.partner_id, person)
        fields_of_contact = self.env["ir.model.fields"].with_user(self.officer)
        city = fields_of_contact.search([("model", "=", "res.partner"), ("name", "=", "city")])
        request.change_ids = [fields.Command.create({"field_id": city.id, "new_value": "Brest"})]
        self.assertEqual(request.change_ids.old_value, "Nice")
        request.action_verify()
        request.action_approve()
        request.action_run()
        self.assertEqual(person.city, "Brest")
