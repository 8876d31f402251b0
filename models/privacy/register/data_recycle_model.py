from odoo import api, fields, models
from odoo.exceptions import ValidationError

PERSONS = ("res.partner", "crm.lead")


class DataRecycleModel(models.Model):
    """Odoo's recycling rules, with an action more: to anonymise contacts and leads.

    Which rules does Odoo's own job run?
        Its own. Those of the retention register run by the job of the register, in batches.
    """

    _inherit = "data_recycle.model"

    recycle_action = fields.Selection(
        selection_add=[("anonymise", "Anonymise")], ondelete={"anonymise": "cascade"}
    )
    retention_ids = fields.One2many("crm.privacy.retention", "recycle_model_id", "Retention Rule")

    @api.constrains("recycle_action", "res_model_id")
    def _check_anonymise(self):
        for model in self:
            if model.recycle_action == "anonymise" and model.res_model_name not in PERSONS:
                raise ValidationError(
                    self.env._("Only contacts and leads can be anonymised: delete the others.")
                )

    def _recycle_records(self, batch_commits=False):
        """Leave the rules of the retention register to their own job."""
        kept = self.env["crm.privacy.retention"].sudo().with_context(active_test=False)
        own = kept.search([("recycle_model_id", "in", self.ids)]).recycle_model_id
        return super(DataRecycleModel, self - own)._recycle_records(batch_commits)
