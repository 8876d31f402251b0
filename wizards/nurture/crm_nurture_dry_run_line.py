from odoo import fields, models


class CrmNurtureDryRunLine(models.TransientModel):
    """People of a dry run with the same step, day, outcome and rule.

    Why in one row?
        A million people at steps are some hundred rows; `crm.nurture.dry.run.person` spreads them.
    """

    _name = "crm.nurture.dry.run.line"
    _description = "Figure of a Dry Run"

    dry_run_id = fields.Many2one(
        "crm.nurture.dry.run", required=True, ondelete="cascade", index=True
    )
    step_id = fields.Many2one("crm.nurture.step", ondelete="cascade")
    day = fields.Date(required=True)
    outcome = fields.Selection(
        lambda self: self.env["crm.nurture.dry.run"]._selection_outcome(), required=True
    )
    rule = fields.Selection(lambda self: self.env["crm.nurture.dry.run"]._selection_rule())
    # the ids of the leads or contacts, with commas
    people = fields.Text(export_string_translation=False)
