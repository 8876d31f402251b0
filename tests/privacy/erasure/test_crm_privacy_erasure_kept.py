from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import EMAIL, NAME, ErasureCase


@tagged("post_install", "-at_install")
class TestPrivacyErasureKept(AccountTestInvoicingCommon, ErasureCase):
    """What the law orders to keep: posted entries and their evidence, for ten years."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.company_ids |= cls.env.company
        cls.officer.company_id = cls.env.company
        cls.person.parent_id = False

    def invoice(self, post=True, **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.person.id,
                "invoice_date": "2026-03-01",
                "date": "2026-03-01",
                "narration": f"<p>{NAME}</p>",
                "invoice_line_ids": [
                    Command.create({"name": f"Tea for {NAME}", "price_unit": 100, "tax_ids": []})
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def journal(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Sealed",
                "code": "SEAL",
                "type": "sale",
                "default_account_id": self.company_data["default_account_revenue"].id,
            }
        )
        journal.restrict_mode_hash_table = True
        return journal

    def kept(self, request):
        """Give {(model, id): end date}."""
        return {
            (line.res_model, record_id): line.keep_until
            for line in request.line_ids.filtered(lambda line: line.state == "kept")
            for record_id in line.res_ids
        }

    def test_posted_invoices_stay_with_article_and_date(self):
        invoice, draft = self.invoice(), self.invoice(post=False)
        before = self.rows(invoice, invoice.line_ids)
        request = self.erased()
        kept = self.kept(request)
        self.assertEqual(kept["account.move", invoice.id], date(2036, 12, 31))
        self.assertEqual(
            set(request.line_ids.filtered(lambda x: x.state == "kept").mapped("article")),
            {"17(3)(b)"},
        )
        self.assertEqual(self.rows(invoice, invoice.line_ids), before)
        self.assertNotIn(("account.move", draft.id), kept)
        self.assertFalse(draft.narration)
        self.assertEqual(draft.invoice_partner_display_name, self.person.name)
        self.assertNotEqual(self.person.name, NAME)

    def test_the_identity_as_invoiced_is_kept_apart(self):
        self.invoice()
        request = self.erased()
        legal = self.env["crm.privacy.legal.identity"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((legal.name, legal.street), (NAME, "17 rue de la Preuve"))
        self.assertEqual(legal.keep_until, date(2036, 12, 31))
        self.assertIn(("crm.privacy.legal.identity", legal.id), self.kept(request))
        self.assertTrue(legal.with_user(self.officer).has_access("read"))
        for user in (self.marketing, self.manager, self.salesman):
            self.assertFalse(legal.with_user(user).has_access("read"))

    def test_the_financial_year_of_the_company_counts(self):
        self.env.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        invoice = self.invoice(invoice_date="2026-08-01", date="2026-08-01")
        self.assertEqual(self.kept(self.erased())["account.move", invoice.id], date(2037, 6, 30))

    def test_the_hashes_are_the_same(self):
        invoice = self.invoice(journal_id=self.journal().id)
        self.assertTrue(invoice.inalterable_hash)
        request = self.erased()
        self.assertEqual([row["status"] for row in request.integrity_before], ["verified"])
        self.assertEqual(request.integrity_after, request.integrity_before)
        self.assertTrue(request.integrity_ok)

    def test_the_invoice_of_another_customer_that_names_the_person(self):
        invoice = self.invoice(partner_id=self.other.id, journal_id=self.journal().id)
        before = self.rows(invoice, invoice.line_ids)
        request = self.erased()
        self.assertIn(("account.move", invoice.id), self.kept(request))
        self.assertEqual(self.rows(invoice, invoice.line_ids), before)
        self.assertTrue(request.integrity_ok)

    def test_the_restricted_audit_trail_stays(self):
        self.env.company.restrictive_audit_trail = True
        self.invoice()
        tracked = self.person.with_context(tracking_disable=False)
        self.env.cr.flush()
        tracked.email = "later@quenneville-unique.example"
        self.env.flush_all()
        self.env.cr.flush()
        comment = self.post(self.person, "A comment", message_type="comment")
        note = self.person.message_ids.filtered("tracking_value_ids")
        self.assertTrue(note)
        before = self.rows(note, note.tracking_value_ids)
        request = self.erased()
        kept = self.kept(request)
        self.assertEqual(request.failed_count, 0)
        self.assertFalse(comment.exists())
        self.assertTrue(note.exists())
        self.assertIn(("mail.message", note[:1].id), kept)
        self.assertEqual(self.rows(note, note.tracking_value_ids), before)

    def test_without_audit_trail_the_notes_go(self):
        self.invoice()
        tracked = self.person.with_context(tracking_disable=False)
        self.env.cr.flush()
        tracked.email = "later@quenneville-unique.example"
        self.env.flush_all()
        self.env.cr.flush()
        note = self.person.message_ids.filtered("tracking_value_ids")
        self.assertTrue(note)
        self.erased()
        self.assertFalse(note.exists())

    def test_the_order_that_was_invoiced_stays_the_quotation_goes(self):
        orders = (
            self.env["sale.order"]
            .sudo()
            .create(
                [
                    {
                        "partner_id": self.person.id,
                        "note": f"<p>{NAME}</p>",
                        "client_order_ref": EMAIL,
                        "order_line": [
                            Command.create({"product_id": self.product_a.id, "product_uom_qty": 1})
                        ],
                    }
                    for _number in range(2)
                ]
            )
        )
        orders[0].action_confirm()
        orders[0].order_line.qty_delivered = 1
        orders[0]._create_invoices(final=True).action_post()
        request = self.erased()
        self.assertIn(("sale.order", orders[0].id), self.kept(request))
        self.assertEqual(orders[0].client_order_ref, EMAIL)
        self.assertFalse(orders[1].client_order_ref)

    def test_ten_years_later_the_rest_is_erased(self):
        invoice = self.invoice()
        file = self.env["ir.attachment"].create(
            {
                "name": "invoice.txt",
                "raw": NAME.encode(),
                "res_model": "account.move",
                "res_id": invoice.id,
            }
        )
        request = self.erased()
        self.assertIn(("ir.attachment", file.id), self.kept(request))
        request.sudo()._forget_identity()
        cron = self.env.ref("crm_lifecycle.ir_cron_crm_privacy_end_of_keeping")
        with freeze_time("2036-12-31"), self.committing(cron) as job:
            job.method_direct_trigger()
        self.assertTrue(file.exists())
        with freeze_time("2037-01-01"), self.committing(cron) as job:
            job.method_direct_trigger()
        self.assertFalse(file.exists())
        self.assertFalse(self.env["crm.privacy.legal.identity"].search([]))
        self.assertNotIn("Quenneville", invoice.invoice_partner_display_name)
        self.assertFalse(invoice.narration)
        self.assertEqual(self.found(NAME), set())

    def test_ten_years_later_the_hashes_are_still_the_same(self):
        invoice = self.invoice(journal_id=self.journal().id)
        request = self.erased()
        request.sudo()._forget_identity()
        cron = self.env.ref("crm_lifecycle.ir_cron_crm_privacy_end_of_keeping")
        with freeze_time("2037-01-01"), self.committing(cron) as job:
            job.method_direct_trigger()
        self.assertNotIn("Quenneville", invoice.invoice_partner_display_name)
        checked = request.sudo()._checked_hashes(invoice.company_id)
        self.assertEqual([row["status"] for row in checked], ["verified"])
