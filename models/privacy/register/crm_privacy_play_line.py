from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..erasure.crm_privacy_location_rule import SUBJECTS

#: So many records are shown of a model that the user may not read.
SAMPLE = 200
DAYS_OLD = 365


class CrmPrivacyPlayLine(models.Model):
    """One personal field: in how many records it is filled, and since when not any more.

    How does the officer see the records behind the number?
        In Odoo's own list, where the rights allow it. Otherwise as names and dates, in a
        list of this concept: an officer needs no commercial rights for it.
    """

    _name = "crm.privacy.play.line"
    _description = "Field of the State of Play"
    _order = "model, field"
    _rec_name = "field"
    _log_access = False

    play_id = fields.Many2one("crm.privacy.play", required=True, index=True, ondelete="cascade")
    location_id = fields.Many2one("crm.privacy.location", ondelete="set null")
    model = fields.Char(required=True, readonly=True)
    field = fields.Char("Field Name", required=True, readonly=True)
    label = fields.Char("Field", compute="_compute_labels")
    model_label = fields.Char("Data", compute="_compute_labels")
    subject = fields.Selection(SUBJECTS, readonly=True)
    is_counted = fields.Boolean(readonly=True)
    record_count = fields.Integer("Records", readonly=True, aggregator=None)
    filled_count = fields.Integer("Filled In", readonly=True)
    share = fields.Float(readonly=True, aggregator=None)
    last_date = fields.Date(
        "Newest", readonly=True, help="When the newest record with something there was created."
    )
    has_purpose = fields.Boolean(
        "Purpose", readonly=True, help="An entry of the processing register names these data."
    )
    period = fields.Selection(
        [
            ("rule", "Retention rule"),
            ("person", "Goes with the person"),
            ("none", "None"),
        ],
        "Retention Period",
        readonly=True,
        help="What ends the keeping of these data.",
    )
    problem = fields.Char(readonly=True)

    def _compute_labels(self):
        names = self.env["ir.model"].sudo()
        for line in self:
            model = self.env.get(line.model)
            field = model._fields.get(line.field) if model is not None else None
            line.model_label = names._get(line.model).name or line.model
            line.label = field._description_string(self.env) if field else line.field

    @api.model
    def _own_domain(self, play):
        return [("play_id", "=", play._origin.id)]

    @api.model
    def _findings(self):
        """Give the domain of each count of the state of play."""
        year_ago = fields.Date.subtract(fields.Date.today(), days=DAYS_OLD)
        filled = ("filled_count", ">", 0)
        return {
            "filled_count": [filled],
            "unused_count": [("is_counted", "=", True), ("filled_count", "=", 0)],
            "old_count": [filled, ("last_date", "<", year_ago)],
            "purposeless_count": [filled, ("has_purpose", "=", False)],
            "endless_count": [filled, ("period", "=", "none")],
        }

    def _write_counts(self, counts):
        """Write the counts of the fields of one table."""
        for line in self:
            records, filled, last = counts[line.field]
            line.write(
                {
                    "is_counted": True,
                    "record_count": records,
                    "filled_count": filled,
                    "share": filled / records if records else 0,
                    "last_date": last,
                }
            )

    def _filled_domain(self):
        return Domain(self.field, "!=", False)

    def action_open_records(self):
        """Open the records where the field is filled."""
        self.ensure_one()
        name = self.env._("%(data)s: %(field)s", data=self.model_label, field=self.label)
        if self.env[self.model].has_access("read") and self._is_readable():
            return {
                "type": "ir.actions.act_window",
                "name": name,
                "res_model": self.model,
                "view_mode": "list,form",
                "domain": list(self._filled_domain()),
                "context": {"active_test": False, "create": False},
            }
        if not self.env.user.has_group("crm_lifecycle.group_privacy_officer"):
            raise AccessError(self.env._("Only the data protection officer sees these records."))
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.privacy.play.sample",
            "view_mode": "list",
            "domain": [("id", "in", self._sample().ids)],
        }

    def _is_readable(self):
        """Tell whether the user may read the field."""
        records = self.env[self.model]
        return records._has_field_access(records._fields[self.field], "read")

    def _sample(self):
        """List the newest records by name and date only, for who may not open them."""
        model = self.env[self.model].sudo().with_context(active_test=False)
        found = model.search(self._filled_domain(), limit=SAMPLE, order="id desc")
        dated = "create_date" in model._fields
        return self.env["crm.privacy.play.sample"].create(
            [
                {
                    "name": record.display_name,
                    "number": record.id,
                    "date": record.create_date if dated else False,
                }
                for record in found
            ]
        )
