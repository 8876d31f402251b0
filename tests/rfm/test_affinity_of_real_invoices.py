from odoo import Command
from odoo.fields import Date
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestAffinityOfRealInvoices(AccountTestInvoicingCommon):
    """What Odoo itself writes when it posts, reverses and bills in advance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.affinity_min_customers = 1
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.products = cls.product_a | cls.product_b

    def _rows(self):
        rows = self.env["crm.product.affinity"].sudo()
        rows._refresh(self.company)
        return rows.search([("company_id", "=", self.company.id)])

    def _post(self, partner, move_type="out_invoice"):
        return self.init_invoice(
            move_type,
            partner=partner,
            invoice_date=Date.today(),
            products=self.products,
            post=True,
        )

    def test_reversed_invoices_and_their_credit_notes(self):
        self._post(self.partner_a)
        self._post(self.partner_b, "out_receipt")
        self._post(self.partner_b)._reverse_moves(cancel=True)
        self._post(self.partner_b, "in_invoice")
        rows = self._rows()
        self.assertEqual(rows.mapped("customers"), [2, 2])
        self.assertEqual(rows.mapped("orders"), [2, 2])
        self.assertEqual(rows.mapped("product_orders"), [2, 2])

    def test_returned_products(self):
        invoice = self._post(self.partner_a)
        customer = self.partner_b
        self._post(customer).button_draft()
        self.company.affinity_min_share = 0
        self.init_invoice("out_invoice", partner=customer, products=self.product_a, post=True)
        self._rows().is_suggested = True
        found = customer.with_company(self.company)._suggested_products()[customer.id]
        self.assertEqual([item["product_id"] for item in found], self.product_b.ids)
        invoice._reverse_moves(cancel=True)
        found = self.partner_a.with_company(self.company)._suggested_products()
        self.assertFalse(found[self.partner_a.id])

    def test_down_payments(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner_a.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in self.products
                ],
            }
        )
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self._invoice_order(order, advance_payment_method="percentage", amount=50)
        self.assertFalse(self._rows())
        self._invoice_order(order, advance_payment_method="delivered")
        self.assertEqual(len(order.invoice_ids), 2)
        rows = self._rows()
        self.assertEqual(rows.mapped("orders"), [1, 1])
        self.assertEqual(rows.product_id, self.products)

    def _invoice_order(self, order, **values):
        """Bill the order as the button does, and post the invoice."""
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard.create(values).create_invoices()
        order.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
