from odoo import fields
from odoo.tests import tagged

from .test_copy_of_data import CopyCase


@tagged("post_install", "-at_install")
class TestCrmPrivacyRequestForget(CopyCase):
    """What former requests keep of a person who is erased."""

    def test_former_requests_keep_nothing_of_the_person(self):
        access = self._made()
        access.action_deliver()
        archive = access.sudo().archive_id
        correction = self._verified(type="rectification", details="I live in Canary Street")
        city = self.env["ir.model.fields"]._get("res.partner", "city")
        correction.change_ids = [
            fields.Command.create({"field_id": city.id, "new_value": "Canarytown"})
        ]
        correction.action_approve()
        correction.action_run()
        waiting = self._request(type="objection")
        stranger = self._request(partner_id=self.bob.id, email="bob@bystander.example")
        stranger._refuse_because("Not you")

        erasure = self._verified(type="erasure").sudo()
        identity = erasure._identity()
        former = erasure._former_requests(identity)
        self.assertEqual(former, (access | correction).sudo())
        former._forget_as_former(identity)

        self.assertFalse(archive.exists())
        self.assertEqual(access.copy_state, "deleted")
        for request in (access, correction):
            self.assertFalse(request.email or request.details or request.verification_note)
            self.assertTrue(request.name and request.closed_at and request.deadline)
        self.assertFalse(correction.change_ids.new_value)
        self.assertEqual(correction.change_ids.field_id, city)
        self.assertTrue(waiting.email)
        self.assertTrue(stranger.email)
