"""The data sets: exact, complete, without doubles, and consistent in themselves."""

import doctest
from contextlib import contextmanager
from datetime import date
from tempfile import NamedTemporaryFile

from datasets import cdnow, volume

from odoo.tests import tagged
from odoo.tests.common import TransactionCase
from odoo.tools import mute_logger

PURCHASES = """\
 00004 0001 19970101  2   29.33
 00004 0001 19970118  2   29.73
 00021 0002 19970101  3   63.34
 00021 0002 19970101  1   11.77
 01101 0087 19970105  1    0.00
"""

INDEXES = "SELECT COUNT(*) FROM pg_indexes WHERE schemaname = 'public'"


def quiet(_line):
    pass


@tagged("standard", "post_install")
class TestDatasets(TransactionCase):
    @contextmanager
    def committing(self):
        """Give an environment that may commit, in the transaction of the test."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.env(cr=cr)

    def row(self, query):
        self.env.cr.execute(query)
        return self.env.cr.fetchone()

    # ------------------------------------------------------------
    # CDNOW
    # ------------------------------------------------------------

    def load_cdnow(self, text=PURCHASES, **options):
        with NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(text)
            file.flush()
            with self.committing() as env:
                cdnow.load(env, file.name, progress=quiet, **options)
        self.env.invalidate_all()
        return self.env["account.move"].search([("ref", "=like", "CDNOW/%")], order="ref")

    def test_examples(self):
        self.assertEqual(doctest.testmod(cdnow).failed, 0)

    def test_invoices_are_posted_on_their_day_and_exact(self):
        moves = self.load_cdnow()
        self.assertEqual(
            [(move.ref, move.invoice_date, move.amount_total) for move in moves],
            [
                ("CDNOW/00004/001", date(1997, 1, 1), 29.33),
                ("CDNOW/00004/002", date(1997, 1, 18), 29.73),
                ("CDNOW/00021/001", date(1997, 1, 1), 63.34),
                ("CDNOW/00021/002", date(1997, 1, 1), 11.77),
                ("CDNOW/01101/001", date(1997, 1, 5), 0.0),
            ],
        )
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(sum(moves.invoice_line_ids.mapped("quantity")), 9)
        self.assertFalse(moves.invoice_line_ids.tax_ids)

    def test_lifecycle_follows_by_the_rules(self):
        contact = self.load_cdnow().partner_id.filtered(lambda p: p.ref == "CDNOW/00004")
        moves = contact.lifecycle_transition_ids.sorted("date")
        self.assertEqual(
            [(move.to_stage_id.kind, move.cause) for move in moves],
            [("customer", "invoice"), ("former", "inactivity")],
        )
        self.assertEqual([move.date.year for move in moves], [1997, 1998])

    def test_started_again_it_finishes_without_doubles(self):
        first, rest = PURCHASES.splitlines(True)[:3], PURCHASES
        self.assertEqual(len(self.load_cdnow("".join(first))), 3)
        moves = self.load_cdnow(rest)
        self.assertEqual(len(moves), 5)
        self.assertEqual(len(moves.partner_id), 3)
        self.assertEqual(self.load_cdnow(rest), moves)

    def test_history_can_end_on_another_day(self):
        moves = self.load_cdnow(until="2024-03-18")
        self.assertEqual(max(moves.mapped("invoice_date")), date(2024, 3, 18))
        self.assertEqual(min(moves.mapped("invoice_date")), date(2024, 3, 1))

    def test_another_file_is_refused(self):
        with self.assertRaisesRegex(ValueError, "line 2 is not a purchase"):
            self.load_cdnow(PURCHASES.splitlines(True)[0] + "id;date;amount\n")

    # ------------------------------------------------------------
    # Volume
    # ------------------------------------------------------------

    def load_volume(self):
        with self.committing() as env, mute_logger("odoo.schema"):
            volume.load(env, 1000, 4000, 500, 100, today=date(2026, 1, 31), progress=quiet)
        self.env.invalidate_all()

    def rows_of_crm(self):
        return self.row("SELECT (SELECT COUNT(*) FROM crm_lead), (SELECT COUNT(*) FROM sale_order)")

    def test_volume_is_consistent(self):
        indexes = self.row(INDEXES)
        leads, orders = self.rows_of_crm()
        self.load_volume()
        moves = self.env["account.move"].search([("ref", "=like", "VOLUME/%")])
        self.assertEqual(len(moves), 4000)
        self.assertEqual(self.rows_of_crm(), (leads + 500, orders + 100))
        self.assertEqual(self.row(INDEXES), indexes)
        for move in moves[:200]:
            self.assertFalse(
                move.currency_id.compare_amounts(sum(move.line_ids.mapped("balance")), 0)
            )
            untaxed = sum(move.invoice_line_ids.mapped("price_subtotal"))
            self.assertFalse(move.currency_id.compare_amounts(untaxed, move.amount_untaxed))
            self.assertEqual(move.partner_id.commercial_partner_id, move.commercial_partner_id)
        for refund in moves.filtered("reversed_entry_id"):
            self.assertEqual(refund.move_type, "out_refund")
            self.assertEqual(
                refund.reversed_entry_id.partner_id.commercial_partner_id,
                refund.commercial_partner_id,
            )

    def test_volume_has_all_kinds(self):
        self.load_volume()
        moves = self.env["account.move"].search([("ref", "=like", "VOLUME/%")])
        self.assertEqual(
            set(moves.mapped("move_type")), {"out_invoice", "out_refund", "out_receipt"}
        )
        self.assertEqual(set(moves.mapped("state")), {"posted", "draft", "cancel"})
        self.assertLessEqual(
            {"paid", "partial", "not_paid", "reversed"}, set(moves.mapped("payment_state"))
        )
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads = leads.search([("name", "=like", "Request %")])
        self.assertEqual(set(leads.mapped("won_status")), {"won", "lost", "pending"})
        self.assertEqual(set(leads.mapped("type")), {"lead", "opportunity"})

    def test_volume_is_always_the_same(self):
        sums = []
        for _twice in range(2):
            self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM account_move")
            (last,) = self.env.cr.fetchone()
            self.load_volume()
            self.env.cr.execute(
                "SELECT COUNT(*), SUM(amount_total_signed), MIN(invoice_date), SUM(amount_residual)"
                " FROM account_move WHERE id > %s",
                [last],
            )
            sums.append(self.env.cr.fetchone())
        self.assertEqual(*sums)
