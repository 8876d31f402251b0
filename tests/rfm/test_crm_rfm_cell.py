from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RfmCase


@tagged("post_install", "-at_install")
class TestCrmRfmCell(RfmCase):
    """Each cell of the grid belongs to exactly one segment."""

    def _cell(self, name):
        return self.env["crm.rfm.cell"].search([("name", "=", name)])

    def test_the_shipped_map_covers_the_grid(self):
        cells = self.env["crm.rfm.cell"].search([("id", ">", 0)])
        names = sorted(cells.mapped("name"))
        self.assertEqual(names, [f"{r}{f}" for r in range(1, 6) for f in range(1, 6)])
        self.assertEqual(len(cells.segment_id), 10)

    def test_a_second_row_for_a_cell_names_it(self):
        with self.assertRaises(ValidationError) as refusal:
            self.env["crm.rfm.cell"].create(
                {"recency": 5, "frequency": 4, "segment_id": self.segments["new"].id}
            )
        self.assertIn("R5 F4", str(refusal.exception))
        self.assertIn("Champions", str(refusal.exception))

    def test_a_cell_cannot_go(self):
        with self.assertRaises(UserError) as refusal:
            self._cell("54").unlink()
        self.assertIn("R5 F4", str(refusal.exception))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._cell("54").recency = 4
            self.env.flush_all()

    def test_lost_and_prospects_have_no_cells(self):
        with self.assertRaises(ValidationError) as refusal:
            self._cell("54").segment_id = self.segments["lost"]
        self.assertIn("R5 F4", str(refusal.exception))

    def test_a_segment_with_cells_cannot_go(self):
        with self.assertRaises(UserError) as refusal:
            self.segments["cant_lose"].with_user(self.manager).unlink()
        self.assertIn("R2 F5", str(refusal.exception))
        with self.assertRaises(UserError):
            self.segments["lost"].unlink()

    def test_a_segment_of_the_past_cannot_go(self):
        mine = self.segments["new"].with_user(self.manager).copy({"name": "Mine"})
        unused = mine.copy({"name": "Unused", "code": "unused"})
        customer = self._customer("2026-06-01")
        self.policy.method = "fixed"
        self.policy._refresh()
        cell = self._row(customer).cell
        before = self._cell(cell).segment_id
        for segment in (mine, before):
            self.env["crm.rfm.cell"].with_user(self.manager).paint({cell: segment.id})
        with self.assertRaisesRegex(UserError, "“Mine” cannot be deleted: customers"):
            mine.unlink()
        unused.unlink()

    def test_kinds_are_one_of_each(self):
        with self.assertRaises(ValidationError):
            self.segments["lost"].create({"name": "Lost, too", "code": "lost2", "kind": "lost"})
        with self.assertRaises(UserError):
            self.segments["lost"].kind = "cells"

    def test_copies_have_names_and_codes_of_their_own(self):
        new = self.segments["new"].with_user(self.manager)
        copies = new.copy() | new.copy() | new.copy({"name": "Third", "code": "third"})
        self.assertEqual(copies.mapped("code"), ["new_copy", "new_copy2", "third"])
        self.assertEqual(copies.mapped("name"), ["New (copy)", "New (copy)", "Third"])
        self.assertEqual(self.segments["lost"].copy().kind, "cells")

    def test_painting_moves_the_customers(self):
        customer = self._customer("2026-06-01")
        self.policy.method = "fixed"
        self.policy._refresh()
        cell = self._row(customer).cell
        mine = self.segments["new"].with_user(self.manager).copy({"name": "Mine"})
        changed = self.env["crm.rfm.cell"].with_user(self.manager).paint({cell: mine.id})
        self.assertEqual(changed, 1)
        self.assertEqual(self._row(customer).segment_id, mine)
        move = self.env["crm.rfm.move"].search([("partner_id", "=", customer.id)])
        self.assertEqual((move.to_segment_id, move.cause), (mine, "policy"))
        self.assertEqual(self.env["crm.rfm.cell"].with_user(self.manager).paint({cell: mine.id}), 0)

    def test_painting_is_all_or_nothing(self):
        cells = self.env["crm.rfm.cell"].with_user(self.manager)
        new = self.segments["new"].id
        with self.assertRaises(UserError):
            cells.paint({"54": new, "66": new})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            cells.paint({"54": new, "55": self.segments["lost"].id})
        self.assertEqual(self._cell("54").segment_id.code, "champions")

    def test_painting_with_a_segment_that_somebody_deleted(self):
        cells = self.env["crm.rfm.cell"].with_user(self.manager)
        gone = self.segments["new"].copy({"name": "Gone"})
        gone_id = gone.id
        gone.unlink()
        for segment_id in (gone_id, False):
            with self.assertRaisesRegex(UserError, "deleted in the meantime"):
                cells.paint({"54": self.segments["new"].id, "55": segment_id})
        self.assertEqual(self._cell("54").segment_id.code, "champions")

    def test_only_managers_paint(self):
        for user in (self.marketing, self.salesman, self.employee):
            with self.assertRaises(AccessError):
                self.env["crm.rfm.cell"].with_user(user).paint({"54": self.segments["new"].id})
