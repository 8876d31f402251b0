from odoo import api, fields, models


class CrmQualificationQuestion(models.Model):
    """A question that helps to find out about a criterion: "what to ask next" on the lead.

    In which language?
        In the user's, as far as it is translated. Managers change and add questions.
    """

    _name = "crm.qualification.question"
    _description = "Qualification Question"
    _order = "sequence, id"
    _rec_name = "text"

    criterion_id = fields.Many2one(
        "crm.qualification.criterion", required=True, ondelete="cascade", index=True
    )
    framework_id = fields.Many2one(related="criterion_id.framework_id")
    sequence = fields.Integer(default=10)
    text = fields.Char("Question", required=True, translate=True)
    active = fields.Boolean(default=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Show the new questions."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Show the questions as they are now."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Show the deleted questions no more."""
        self.env.registry.clear_cache()
        return super().unlink()
