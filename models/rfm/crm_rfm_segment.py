from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache


class CrmRfmSegment(models.Model):
    """A kind of customer that one treats alike: champions, at risk, hibernating ...

    Which customers are in it?
        Those whose recency and frequency fall in its cells of the 5 x 5 grid. Each cell
        belongs to exactly one segment, see `crm.rfm.cell`.
    And the two without cells?
        *Prospect*: who never bought. *Lost*: who bought, but not within the window of the
        policy. There is exactly one of each.
    Where does the amount come in?
        As the value tier beside the segment: high (M of 4 or 5), medium (3), low (1 or 2).
    """

    _name = "crm.rfm.segment"
    _description = "RFM Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="A short name for exports and addresses.")
    kind = fields.Selection(
        [
            ("cells", "Customers of its cells"),
            ("prospect", "Never bought"),
            ("lost", "Bought before the window only"),
        ],
        required=True,
        default="cells",
    )
    sequence = fields.Integer(default=10, help="The best customers first.")
    color = fields.Char(
        required=True, default="#6c757d", help="Its colour in grid, badges, charts."
    )
    advice = fields.Html(translate=True, help="What to do with these customers.")
    cell_ids = fields.One2many("crm.rfm.cell", "segment_id", "Cells")
    cell_count = fields.Integer(compute="_compute_cell_count")

    _code_unique = models.Constraint("UNIQUE(code)", "Another segment has this code.")
    _color_hex = models.Constraint(
        r"CHECK(color ~ '^#[0-9a-fA-F]{6}$')", "A colour is written like #1e8449."
    )

    @api.depends("cell_ids")
    def _compute_cell_count(self):
        for segment in self:
            segment.cell_count = len(segment.cell_ids)

    @api.constrains("kind")
    def _check_kind(self):
        """Refuse a second segment for prospects or for the lost."""
        others = self._read_group([("kind", "!=", "cells")], ["kind"], ["__count"])
        if any(count > 1 for _kind, count in others):
            raise ValidationError(
                self.env._("There is one segment for prospects and one for the lost.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Forget which ones are for prospects and for the lost."""
        segments = super().create(vals_list)
        self.env.registry.clear_cache()
        return segments

    def write(self, vals):
        """Refuse another kind: the cells would belong to no segment, or prospects to none."""
        if "kind" in vals and any(segment.kind != vals["kind"] for segment in self):
            raise UserError(self.env._("The kind of a segment cannot be changed: add another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        for segment in self:
            if segment.kind != "cells":
                raise UserError(
                    self.env._("“%(name)s” is needed: rename it instead.", name=segment.name)
                )
            if segment.cell_ids:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be deleted: %(cells)s would belong to no segment."
                        " Paint them with another segment first.",
                        name=segment.name,
                        cells=", ".join(segment.cell_ids.mapped("display_name")),
                    )
                )

        self._check_never_used()

    def _check_never_used(self):
        """Refuse to delete a segment of the past: the history tells who was in it."""
        for model, name in (
            ("crm.rfm.move", "from_segment_id"),
            ("crm.rfm.move", "to_segment_id"),
            ("crm.rfm.score", "segment_id"),
        ):
            rows = self.env[model].sudo().search([(name, "in", self.ids)], limit=1)
            if rows:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be deleted: customers are or were in it, and the history"
                        " of their segments tells so. Without cells nobody comes into it any more.",
                        name=rows[name].name,
                    )
                )

    def copy_data(self, default=None):
        """Give a copy a name and a code of its own; it has no cells yet."""
        default = default or {}
        return [
            {
                **values,
                "name": default.get("name") or self.env._("%s (copy)", segment.name),
                "code": default.get("code") or segment._free_code(),
                "kind": "cells",
            }
            for segment, values in zip(self, super().copy_data(default), strict=True)
        ]

    def _free_code(self):
        """Give a code that no segment has, beginning with that of this one."""
        taken = set(self.search([("code", "=like", f"{self.code}_copy%")]).mapped("code"))
        return next(
            code
            for number in range(1, len(taken) + 2)
            if (code := f"{self.code}_copy{number if number > 1 else ''}") not in taken
        )

    @ormcache("kind")
    def _id_of_kind(self, kind):
        """Give the id of the segment of prospects or of the lost."""
        return self.sudo().search([("kind", "=", kind)], limit=1).id
