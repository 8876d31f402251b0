from odoo import api, fields, models
from odoo.fields import Domain


class CrmNurtureWhoLine(models.TransientModel):
    """The people of a sequence about whom the same rule decides."""

    _name = "crm.nurture.who.line"
    _description = "People of a Sequence with the Same Rule"
    _order = "who_id, id"

    who_id = fields.Many2one("crm.nurture.who", required=True, ondelete="cascade")
    group = fields.Selection(
        [
            ("inside", "Inside"),
            ("ready", "May come in"),
            ("out", "Left out"),
            ("reach", "Would get no message"),
        ],
        "Where",
        required=True,
    )
    code = fields.Char(required=True, export_string_translation=False)
    channel = fields.Char(export_string_translation=False)
    purpose_id = fields.Many2one("crm.privacy.purpose", ondelete="cascade")
    name = fields.Char("Rule", required=True)
    count = fields.Integer("People")

    @api.model
    def _ground(self, code):
        """Give the words of the gate for many people."""
        if code == "no_address":
            return self.env._("No valid address")
        field = self.env["crm.privacy.preview.line"]._fields["ground"]
        return dict(field._description_selection(self.env))[code]

    def _people_domain(self):
        """Give the domain of these people, as things are now."""
        self.ensure_one()
        sequence = self.who_id.sequence_id
        sequence.check_access("read")
        with sequence._why_guard():
            if self.group != "reach":
                return sequence._why_domain(self.code)
            people = sequence._reach_people()
        return Domain("id", "in", people.get((self.channel, self.purpose_id, self.code), []))

    def action_open_people(self):
        """Show the people about whom the rule decides."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.who_id.sequence_id.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("nurture_who_line_ids", "in", self.ids)],
            "context": {"active_test": False},
        }
