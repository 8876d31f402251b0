from odoo import api, fields, models


class CrmNurtureStep(models.Model):
    """A message may begin with the text of an e-mail template."""

    _inherit = "crm.nurture.step"

    text_id = fields.Many2one("mail.template", "Begins With", ondelete="set null")

    @api.depends("text_id")
    def _compute_message(self):
        """Show a ready message as the user would get it."""
        result = super()._compute_message()
        for step in self.filtered(lambda one: one.sequence_id.is_ready and one.text_id):
            text = step.sudo().text_id
            step.subject = text.subject
            step.body_html = text.body_html
        return result

    def _take_texts(self):
        """Write the texts of the templates into the messages."""
        for step in self.filtered("text_id"):
            text = step.sudo().text_id.with_context(lang=self.env.lang)
            step.write({"subject": text.subject, "body_html": text.body_html})
