# pylint: disable=translation-required
from datetime import date

from odoo import Command

from .people import BYSTANDER, CANARY
from .seeds_contacts import picture


class SalesSeeds:
    """Orders, invoices, payments."""

    def seed_sales(self):
        """Create an order that will be invoiced and a quotation that never was, both signed."""
        self.product = self.env["product.product"].create({"name": "Nichoir", "type": "service"})
        orders = self.env["sale.order"].create(
            [
                self.order_values(CANARY, self.made.person, opportunity_id=self.made.lead),
                self.order_values(CANARY, self.made.person),
                self.order_values(BYSTANDER, self.made.bystander),
            ]
        )
        (orders[0] | orders[2]).action_confirm()
        orders[1].action_quotation_sent()
        self.note(order=orders[0], quotation=orders[1], bystander_order=orders[2])

    def order_values(self, person, partner_id, **values):
        """Give the values of an order with the texts that people write into it."""
        return {
            "partner_id": partner_id,
            "signed_by": person.name,
            "signed_on": "2026-03-02 10:00:00",
            "signature": picture("green"),
            "client_order_ref": f"Commande de {person.name}",
            "note": f"<p>Livrer à {person.name.replace('&', '&amp;')}, {person.street}</p>",
            "order_line": [
                Command.create(
                    {
                        "product_id": self.product.id,
                        "name": f"Nichoir pour {person.name}",
                        "price_unit": 100,
                        "qty_delivered": 1,
                    }
                )
            ],
            **values,
        }

    def seed_invoices(self):
        """Post a hashed invoice of each, and leave a draft."""
        env = self.env
        journal = env["account.journal"].create(
            {"name": "Ventes scellées", "code": "CNRI", "type": "sale"}
        )
        journal.restrict_mode_hash_table = True
        orders = env["sale.order"].browse([self.made.order, self.made.bystander_order])
        posted = env["account.move"]
        for order, person in zip(orders, (CANARY, BYSTANDER), strict=True):
            invoice = order._create_invoices(final=True)
            invoice.write(
                {
                    "journal_id": journal.id,
                    "invoice_date": date(2026, 3, 3),
                    "ref": f"Facture de {person.name}",
                    "narration": f"<p>{person.name.replace('&', '&amp;')}</p>",
                }
            )
            posted |= invoice
        posted.action_post()
        draft = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.made.person,
                "ref": f"Brouillon de {CANARY.name}",
                "narration": f"<p>{CANARY.email}</p>",
                "invoice_source_email": CANARY.email,
                "sending_data": {"author": CANARY.name},
                "invoice_line_ids": [
                    Command.create({"name": f"Visite de {CANARY.name}", "price_unit": 50})
                ],
            }
        )
        for invoice, person in zip(posted, (CANARY, BYSTANDER), strict=True):
            self.attach_invoice(invoice, person)
        self.note(invoice=posted[0], bystander_invoice=posted[1], draft=draft)

    def attach_invoice(self, invoice, person):
        """Attach the file that was sent, as evidence of the invoice."""
        invoice.message_post(body="Facture envoyée", subject=f"Facture pour {person.name}")
        self.env["ir.attachment"].create(
            {
                "name": "facture.pdf",
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
                "mimetype": "application/pdf",
                "raw": self.pdf(f"Facture pour {person.email}"),
            }
        )

    def seed_payments(self):
        """Create a payment, a line of the bank, a token and an on-line payment of each."""
        env = self.env
        bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
        provider = env["payment.provider"].search([], limit=1)
        method = env["payment.method"].search([("active", "in", (True, False))], limit=1)
        for person, partner, amount in (
            (CANARY, self.made.person, 100),
            (BYSTANDER, self.made.bystander, 200),
        ):
            payment = env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_id": partner,
                    "amount": amount,
                    "journal_id": bank.id,
                    "memo": f"Virement {person.name}",
                }
            )
            payment.action_post()
            line = env["account.bank.statement.line"].create(
                {
                    "journal_id": bank.id,
                    "date": date(2026, 3, 4),
                    "amount": amount,
                    "payment_ref": f"VIR {person.name}",
                    "partner_id": partner,
                    "partner_name": person.name,
                    "account_number": person.iban,
                    "transaction_details": {"name": person.name, "iban": person.iban},
                }
            )
            token, transaction = self.pay_online(person, partner, provider, method, amount)
            if person is CANARY:
                self.note(payment=payment, statement_line=line)
                self.note(token=token, transaction=transaction)

    def pay_online(self, person, partner_id, provider, method, amount):
        """Create a saved card and a payment with it."""
        common = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "partner_id": partner_id,
        }
        token = self.env["payment.token"].create(
            {**common, "payment_details": "1234", "provider_ref": f"client {person.email}"}
        )
        transaction = self.env["payment.transaction"].create(
            {
                **common,
                "reference": f"canary-{partner_id}",
                "amount": amount,
                "currency_id": self.env.company.currency_id.id,
                "operation": "online_direct",
                "partner_name": person.name,
                "partner_email": person.email,
                "partner_phone": person.phone,
                "partner_address": person.street,
            }
        )
        return token, transaction
