from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.settings.notification import CLOSE_AND_RELOAD, notification

MODELS = ("res.partner", "crm.lead")


class CrmSegmentPick(models.TransientModel):
    """Puts the records selected in a list into a segment, or takes them out.

    Which records?
        Those ticked in the list. When all of its pages were selected, all that its filter
        finds, however many: Odoo itself sends the first 20,000 of them only.
    Which segments?
        Those picked by hand, of the same kind of records; typing a new name makes one.
    """

    _name = "crm.segment.pick"
    _description = "Add to a Segment"

    model = fields.Char(
        default=lambda self: self.env.context.get("active_model"), export_string_translation=False
    )
    operation = fields.Selection(
        [("add", "Add"), ("remove", "Remove")], required=True, default="add"
    )
    segment_id = fields.Many2one(
        "crm.segment",
        required=True,
        domain="[('model', '=', model), ('kind', '=', 'static')]",
        default=lambda self: self._default_segment_id(),
    )
    selected_count = fields.Integer("Selected", compute="_compute_counts")
    inside_count = fields.Integer("In the Segment Already", compute="_compute_counts")

    @api.model
    def _default_segment_id(self):
        """Propose the segment whose members are shown."""
        segment = self.env["crm.segment"].browse(self.env.context.get("crm_segment_id"))
        return segment if segment.kind == "static" else segment.browse()

    @api.depends("segment_id")
    def _compute_counts(self):
        selected = self._selected_domain()
        model = self._selected_model()
        for pick in self:
            pick.selected_count = model.search_count(selected)
            inside = selected & pick.segment_id._members_domain()
            pick.inside_count = pick.segment_id and model.search_count(inside)

    @api.model
    def _selected_model(self):
        name = self.env.context.get("active_model")
        if name not in MODELS:
            raise UserError(self.env._("Select contacts or leads in a list first."))
        return self.env[name].with_context(active_test=False)

    @api.model
    def _selected_domain(self):
        """Give the domain of the selected records: the list's own if these are too many."""
        ids = self.env.context.get("active_ids", [])
        everything = self.env.context.get("active_domain")
        limit = self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", 20000)
        if everything is None or len(ids) < int(limit):
            return Domain("id", "in", ids)
        # what the list shows, which hides archived records unless it was told otherwise
        shown = self.env[self._selected_model()._name]._search(Domain(everything))
        return Domain("id", "in", shown)

    def action_apply(self):
        """Put the selected records in, or take them out, and say how many it were."""
        self.ensure_one()
        segment, selected = self.segment_id, self._selected_domain()
        if segment.model != self._selected_model()._name:
            raise UserError(
                self.env._(
                    "The segment “%(segment)s” is made of other records than those selected.",
                    segment=segment.name,
                )
            )
        if self.operation == "add":
            count = segment._add(selected)
            message = self.env._("%(count)s added to “%(name)s”", count=count, name=segment.name)
        else:
            count = segment._remove(selected)
            message = self.env._(
                "%(count)s removed from “%(name)s”", count=count, name=segment.name
            )
        return notification(message, then=CLOSE_AND_RELOAD)
