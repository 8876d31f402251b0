from odoo import fields, models


class MailingTrace(models.Model):
    """Who may not be written to is shown as such, with the reason."""

    _inherit = "mailing.trace"

    failure_type = fields.Selection(
        selection_add=[("privacy", "Not Allowed (Consent)")],
        ondelete={"privacy": "set mail_optout"},
    )
