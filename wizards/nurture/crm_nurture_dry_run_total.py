from odoo import fields, models


class CrmNurtureDryRunTotal(models.TransientModel):
    """How often something comes in a dry run, and for how many people."""

    _name = "crm.nurture.dry.run.total"
    _description = "Total of a Dry Run"

    dry_run_id = fields.Many2one(
        "crm.nurture.dry.run", required=True, ondelete="cascade", index=True
    )
    outcome = fields.Selection(
        lambda self: self.env["crm.nurture.dry.run"]._selection_outcome(),
        "What Happens",
        required=True,
    )
    rule = fields.Selection(lambda self: self.env["crm.nurture.dry.run"]._selection_rule(), "Why")
    count = fields.Integer("Times")
    people_count = fields.Integer("People")

    def action_open_people(self):
        """Open the people behind the figure."""
        self.ensure_one()
        names = dict(self._fields["outcome"]._description_selection(self.env))
        domain = [("outcome", "=", self.outcome), ("rule", "=", self.rule)]
        return self.dry_run_id._open_people(names[self.outcome], domain)
