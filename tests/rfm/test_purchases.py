from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..common import LifecycleCase


@tagged("post_install", "-at_install")
class TestPurchases(LifecycleCase, AccountTestInvoicingCommon):
    """Which of Odoo's own documents are purchases: made, reversed and paid as users do."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.env.ref("sales_team.group_sale_manager")
            | cls.env.ref("crm_lifecycle.group_lifecycle_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._contact(name="Customer")
        cls.policy = cls.env["crm.rfm.policy"]._default_for(cls.env.company)
        cls.product = cls.env["product.product"].create(
            {"name": "CD", "list_price": 100, "taxes_id": [], "invoice_policy": "order"}
        )

    def _invoice(self, day, amount=100.0, move_type="out_invoice", **options):
        return self.init_invoice(
            move_type,
            partner=self.customer,
            invoice_date=day,
            amounts=[amount],
            post=True,
            **options,
        )

    def _reverse(self, invoice, day, refund_method="reverse_moves"):
        """Reverse an invoice by Odoo's own wizard."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": day, "journal_id": invoice.journal_id.id})
        )
        action = getattr(wizard, refund_method)()
        refund = self.env["account.move"].browse(action["res_id"])
        if refund.state == "draft":
            refund.action_post()
        return refund

    def _figures(self, as_of="2026-06-30"):
        self.policy._refresh(as_of)
        row = self.env["crm.rfm.score"].search([("partner_id", "=", self.customer.id)])
        return row and (row.last_date, row.frequency, row.monetary)

    def test_invoices_and_receipts_count_net_of_tax(self):
        self._invoice("2026-06-01", taxes=self.tax_sale_a)
        self._invoice("2026-06-03", 50, move_type="out_receipt")
        self._invoice("2026-06-04", 999, move_type="in_invoice")
        self.init_invoice(
            "out_invoice", partner=self.customer, invoice_date="2026-06-05", amounts=[70]
        )
        self.assertEqual(self._figures(), (date(2026, 6, 3), 2, 150))

    def test_several_invoices_of_a_day_are_one_purchase(self):
        self._invoice("2026-06-01")
        self._invoice("2026-06-01")
        self.assertEqual(self._figures(), (date(2026, 6, 1), 1, 200))
        self.policy.one_per_day = False
        self.assertEqual(self._figures(), (date(2026, 6, 1), 2, 200))

    def test_a_partial_credit_note_lowers_the_amount_only(self):
        invoice = self._invoice("2026-06-01")
        refund = self._reverse(invoice, "2026-06-20", "refund_moves")
        self.assertEqual(refund.reversed_entry_id, invoice)
        refund.button_draft()
        refund.invoice_line_ids.price_unit = 30
        refund.action_post()
        self.assertNotEqual(invoice.payment_state, "reversed")
        self.assertEqual(self._figures(), (date(2026, 6, 1), 1, 70))

    def test_a_fully_reversed_invoice_counts_for_nothing(self):
        self._invoice("2026-05-01")
        invoice = self._invoice("2026-06-01", 40)
        self._reverse(invoice, "2026-06-20", "modify_moves")
        self.assertEqual(invoice.payment_state, "reversed")
        self.env["account.move"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "draft")]
        ).unlink()
        self.assertEqual(self._figures(), (date(2026, 5, 1), 1, 100))
        before = self._figures("2026-06-10")
        self.assertEqual(before, (date(2026, 6, 1), 2, 140), "then it was not reversed yet")

    def test_a_reversal_within_the_window_of_an_older_invoice(self):
        old = self._invoice("2023-06-01", 40)
        self._invoice("2026-05-01")
        self._reverse(old, "2026-06-20", "modify_moves")
        self.assertEqual(self._figures(), (date(2026, 5, 1), 1, 100))

    def test_only_reversed_invoices_make_no_customer(self):
        invoice = self._invoice("2026-06-01")
        self._reverse(invoice, "2026-06-20", "modify_moves")
        self.assertFalse(self._figures())

    def test_amounts_are_in_the_currency_of_the_company(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        self._invoice("2026-06-01", 100, currency=currency)
        self.assertEqual(self._figures(), (date(2026, 6, 1), 1, 50))

    def _order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        return order

    def _bill(self, order, day, method="delivered", amount=0):
        """Invoice an order by Odoo's own wizard."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": method, "fixed_amount": amount})
        )
        wizard.create_invoices()
        invoice = order.invoice_ids.filtered(lambda move: move.state == "draft")
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def test_a_down_payment_and_its_final_invoice_are_one_sale(self):
        order = self._order()
        self._bill(order, "2026-05-01", "fixed", 20)
        self.assertEqual(self._figures(), (date(2026, 5, 1), 1, 20))
        self._bill(order, "2026-05-10", "fixed", 30)
        self.assertEqual(self._figures(), (date(2026, 5, 10), 1, 50))
        self._bill(order, "2026-06-01")
        self.assertEqual(self._figures(), (date(2026, 6, 1), 1, 100))
        self.assertEqual(self._figures("2026-05-20"), (date(2026, 5, 10), 1, 50))

    def test_a_down_payment_whose_final_invoice_was_reversed(self):
        order = self._order()
        self._bill(order, "2026-05-01", "fixed", 20)
        final = self._bill(order, "2026-06-01")
        self._reverse(final, "2026-06-02", "modify_moves")
        self.assertEqual(self._figures(), (date(2026, 5, 1), 1, 20))

    def test_two_orders_are_two_sales(self):
        for day in ("2026-05-01", "2026-06-01"):
            order = self._order()
            self._bill(order, day, "fixed", 20)
        self.assertEqual(self._figures(), (date(2026, 6, 1), 2, 40))
