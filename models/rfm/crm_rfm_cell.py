from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .cuts import SCORES

GRID = {f"{recency}{frequency}" for recency in SCORES for frequency in SCORES}


class CrmRfmCell(models.Model):
    """One of the 25 cells of the grid of recency and frequency, and its segment.

    Can a cell belong to two segments, or to none?
        No: there is one row for each of the 25 cells, which cannot be deleted, with exactly
        one segment. A second row for a cell is refused.
    What happens when a cell gets another segment?
        The customers in it change their segment with the next refresh; `paint` refreshes
        at once. Their moves say that the grid was the cause, not they.
    """

    _name = "crm.rfm.cell"
    _description = "Cell of the RFM Grid"
    _order = "recency desc, frequency desc"

    name = fields.Char(compute="_compute_name", store=True, help="Recency and frequency: 54.")
    recency = fields.Integer(required=True, aggregator=None)
    frequency = fields.Integer(required=True, aggregator=None)
    segment_id = fields.Many2one(
        "crm.rfm.segment",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("kind", "=", "cells")],
    )

    _cell_unique = models.Constraint(
        "UNIQUE(recency, frequency)", "A cell of the grid belongs to exactly one segment."
    )
    _in_the_grid = models.Constraint(
        "CHECK(recency BETWEEN 1 AND 5 AND frequency BETWEEN 1 AND 5)",
        "Recency and frequency go from 1 to 5.",
    )

    @api.depends("recency", "frequency")
    def _compute_name(self):
        for cell in self:
            cell.name = f"{cell.recency}{cell.frequency}"

    @api.depends("recency", "frequency")
    def _compute_display_name(self):
        for cell in self:
            cell.display_name = f"R{cell.recency} F{cell.frequency}"

    @api.constrains("segment_id")
    def _check_segment(self):
        for cell in self:
            if cell.segment_id.kind != "cells":
                raise ValidationError(
                    self.env._(
                        "%(cell)s cannot belong to “%(segment)s”, which is for contacts without"
                        " a purchase in the window.",
                        cell=cell.display_name,
                        segment=cell.segment_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse a second row for a cell, naming the cell and its segment."""
        known = {
            (cell.recency, cell.frequency): cell
            for cell in self.sudo().search_fetch([("id", "!=", 0)], ["recency", "frequency"])
        }
        for vals in vals_list:
            cell = known.get((vals.get("recency"), vals.get("frequency")))
            if cell:
                raise ValidationError(
                    self.env._(
                        "%(cell)s already belongs to “%(segment)s”: a cell has exactly one"
                        " segment.",
                        cell=cell.display_name,
                        segment=cell.segment_id.name,
                    )
                )
        return super().create(vals_list)

    def write(self, vals):
        """Say that the figures of all policies are out of date."""
        if "segment_id" in vals:
            self.env["crm.rfm.policy"].sudo()._known().is_stale = True
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._uncovered(self.mapped("name")))

    def _uncovered(self, names):
        """Say which cells would belong to no segment."""
        return self.env._(
            "%(cells)s would belong to no segment: each cell has exactly one.",
            cells=", ".join(f"R{name[0]} F{name[1]}" for name in sorted(names)),
        )

    @api.model
    def paint(self, cells):
        """Give cells to other segments and refresh all policies, all or nothing.

        :param dict cells: the names of cells with the ids of their new segments, as
            {"54": 3}; cells that are not named keep theirs
        :return: the number of cells that changed
        :raise UserError: for a cell or a segment that does not exist, or one that has no cells
        """
        if not self.env.user.has_group("crm_lifecycle.group_lifecycle_manager"):
            raise AccessError(self.env._("Only an administrator of the lifecycle paints the grid."))
        unknown = set(cells) - GRID
        if unknown:
            raise UserError(
                self.env._("There is no cell %(cells)s in the grid.", cells=", ".join(unknown))
            )
        self._check_painted_with(set(cells.values()))
        changed = self.search([("name", "in", list(cells))]).filtered(
            lambda cell: cell.segment_id.id != cells[cell.name]
        )
        for cell in changed:
            cell.segment_id = cells[cell.name]
        if changed:
            self.env["crm.rfm.policy"].sudo()._known()._refresh()
        return len(changed)

    @api.model
    def _check_painted_with(self, segment_ids):
        """Say so when somebody has deleted a segment while the grid was painted with it."""
        segments = self.env["crm.rfm.segment"].browse(filter(None, segment_ids))
        if segment_ids - set(segments.exists().ids):
            raise UserError(
                self.env._(
                    "A segment that you painted with was deleted in the meantime, so nothing is"
                    " saved. Paint its cells with another segment, then save again."
                )
            )
