from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .erasure.common import EMAIL, ErasureCase

#: What salespeople and the users of mailings need of this concept; nothing else is for them.
FOR_OTHERS = {
    "crm.privacy.purpose",
    "crm.privacy.wording",
    "crm.privacy.consent",
    "crm.privacy.consent.entry",
    "crm.privacy.request.entry",
    "crm.privacy.preview",
    "crm.privacy.preview.line",
    # accountants
    "crm.privacy.legal.identity",
}
OTHERS = (
    "base.group_public",
    "base.group_portal",
    "base.group_user",
    "sales_team.group_sale_manager,mass_mailing.group_mass_mailing_user",
    "crm_lifecycle.group_lifecycle_manager",
)


@tagged("post_install", "-at_install")
class TestPrivacyRights(ErasureCase):
    """Who sees and does what: only officers, only of their companies, only by the steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            login="officer_elsewhere",
            groups="crm_lifecycle.group_privacy_officer",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )

    def models(self):
        names = [name for name in self.registry if name.startswith("crm.privacy.")]
        return [self.env[name] for name in names if not self.env[name]._abstract]

    # ------------------------------------------------------------
    # Who
    # ------------------------------------------------------------

    def test_others_read_nothing(self):
        for number, groups in enumerate(OTHERS):
            user = new_test_user(self.env, login=f"other_{number}", groups=groups)
            for model in self.models():
                if model._name not in FOR_OTHERS:
                    self.assertFalse(
                        model.with_user(user).has_access("read"), (groups, model._name)
                    )

    def test_people_outside_read_no_purpose_and_no_consent(self):
        for groups in OTHERS[:2]:
            user = new_test_user(self.env, login=groups, groups=groups)
            for model in self.models():
                self.assertFalse(model.with_user(user).has_access("read"), (groups, model._name))

    def test_officer_of_another_company(self):
        request = self.request()
        request.action_plan()
        self.env["crm.privacy.suppression"]._add([EMAIL], [], request)
        self.person.company_id = self.env.company
        self.env["crm.privacy.legal.identity"].create(
            {"partner_id": self.person.id, "name": self.person.name}
        )
        for model in (
            "crm.privacy.request",
            "crm.privacy.identity",
            "crm.privacy.request.line",
            "crm.privacy.suppression",
            "crm.privacy.legal.identity",
        ):
            self.assertTrue(self.env[model].with_user(self.officer).search_count([]), model)
            self.assertFalse(self.env[model].with_user(self.stranger).search_count([]), model)
        answer = self.env["crm.privacy.request.answer"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            answer.create({"request_id": request.id, "kind": "preview"}).read(["email"])

    # ------------------------------------------------------------
    # Only by the steps
    # ------------------------------------------------------------

    def test_steps_cannot_be_written(self):
        secret = self.env["ir.attachment"].create({"name": "Pay slip", "raw": b"secret"})
        request = self.request(email=EMAIL)
        for name, value in {
            "archive_id": secret.id,
            "copy_state": "delivered",
            "archive_expires_at": fields.Datetime.now(),
            "planned_by_id": self.env.uid,
            "erasure_state": "planned",
            "identity_frozen": {"partner_ids": self.other.ids},
            "erased_ids": {"partner_ids": self.other.ids},
            "deadline": "2099-01-01",
            "replay_of": "DEM/1",
        }.items():
            with self.assertRaises(AccessError, msg=name):
                request.write({name: value})
        with self.assertRaises(AccessError):
            self.env["crm.privacy.request"].with_user(self.officer).create(
                {"type": "access", "email": EMAIL, "archive_id": secret.id}
            )

    def test_what_was_checked_stays(self):
        request = self.request(email=EMAIL)
        with self.assertRaises(UserError):
            request.email = "somebody@else.example"
        request.action_plan()
        request.action_approve()
        for name, value in {"type": "access", "partner_id": self.other.id}.items():
            with self.assertRaises(UserError, msg=name):
                request.write({name: value})

    def test_another_list_needs_another_approval(self):
        request = self.request()
        request.action_plan()
        request.action_approve()
        request.identity_ids = [
            Command.create({"res_model": "res.partner", "res_id": self.other.id, "confirmed": True})
        ]
        self.assertEqual((request.state, request.erasure_state), ("verified", False))
        self.assertFalse(request.approved_by_id)
        with self.assertRaises(UserError):
            request.action_run()
        request.action_confirm_identity()
        with self.assertRaises(UserError):
            request.action_approve()
        request.action_plan()
        request.action_approve()
        request.action_run()
        self.assertTrue(request.run_at)

    def test_an_answer_is_not_forged(self):
        consents = self.env["crm.privacy.consent"].with_user(self.officer)
        values = {"partner_id": self.person.id, "event": "granted", "source": "paper"}
        self.assertEqual(
            consents.create({**values, "user_id": self.manager.id}).user_id, self.officer
        )
        for forged in ({"event": "confirmed"}, {"source": "preference"}):
            with self.assertRaises(AccessError):
                consents.create({**values, **forged})

    def test_an_objection_to_profiling_is_not_written_away(self):
        self.person._privacy_object()
        self.assertTrue(self.person.privacy_unprofiled)
        with self.assertRaises(AccessError):
            self.person.with_user(self.manager).privacy_unprofiled = False

    # ------------------------------------------------------------
    # Filters
    # ------------------------------------------------------------

    def test_filter_tells_no_amounts(self):
        rules = self.env["crm.privacy.retention"].with_user(self.officer)
        lead = {"name": "Test", "subject": "lead"}
        for domain in (
            "[('expected_revenue', '>', 1000)]",
            "[('order_ids.amount_total', '>', 1000)]",
            "['!', ('order_ids', 'any', [('amount_total', '>', 1000)])]",
        ):
            with self.assertRaises(AccessError, msg=domain):
                rules.create({**lead, "domain": domain})
        with self.assertRaises(AccessError):
            rules.create({"name": "Test", "domain": "[('credit', '>', 1000)]"})
        for domain in ("[('country_id.code', '=', 'FR')]", "[('create_date', '<', '2020-01-01')]"):
            self.assertTrue(rules.create({**lead, "domain": domain}))

    # ------------------------------------------------------------
    # Automatic mails
    # ------------------------------------------------------------

    def test_automatic_mail_leaves_out_the_restricted(self):
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Hello there",
                "partner_to": "{{ object.id }}",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Write",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "mail_post",
                "template_id": template.id,
                "mail_post_method": "email",
            }
        )
        people = self.person | self.other
        context = {"active_model": "res.partner", "active_ids": people.ids}
        mails = self.env["mail.mail"].search([("subject", "=", "Hello there")])
        self.assertFalse(mails)
        self.person.privacy_restricted = True
        action.with_context(**context, active_id=self.person.id).run()
        mails = self.env["mail.mail"].search([("subject", "=", "Hello there")])
        self.assertEqual(mails.recipient_ids, self.other)
        self.other.privacy_restricted = True
        action.with_context(**context, active_id=self.person.id).run()
        self.assertEqual(self.env["mail.mail"].search([("subject", "=", "Hello there")]), mails)

    # ------------------------------------------------------------
    # How long
    # ------------------------------------------------------------

    def test_each_company_says_how_long_invoices_are_kept(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_date": "2026-03-01",
                "invoice_line_ids": [Command.create({"name": "Tea", "price_unit": 10})],
            }
        )
        invoice.action_post()
        engine = self.env["crm.privacy.erasure"]
        self.assertEqual(engine._kept_rows("account.move", invoice.ids)[invoice.id].year, 2036)
        self.env.company.privacy_accounting_years = 6
        self.assertEqual(engine._kept_rows("account.move", invoice.ids)[invoice.id].year, 2032)
