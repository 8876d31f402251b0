from odoo import api, fields, models

# Which mail each dialog shows, and the field of the request that its reason goes into.
MAIL_OF = {
    "extend": ("extended", "extension_reason"),
    "refuse": ("refused", "refusal_reason"),
    "proof": ("proof", "proof_reason"),
    "lift": ("lifted", "lift_reason"),
}


class CrmPrivacyRequestAnswer(models.TransientModel):
    """Asks for the reason of an answer, and shows the mail as the person gets it."""

    _name = "crm.privacy.request.answer"
    _description = "Answer to a Request"

    request_id = fields.Many2one("crm.privacy.request", required=True)
    kind = fields.Selection(
        [
            ("extend", "Two more months"),
            ("refuse", "Refuse"),
            ("proof", "Ask for another proof"),
            ("lift", "End the restriction"),
            ("preview", "Preview"),
        ],
        required=True,
        default="preview",
    )
    reason = fields.Text(compute="_compute_reason", store=True, readonly=False)
    mail = fields.Selection(
        selection=lambda self: self.env["crm.privacy.request"]._mails(),
        default="received",
    )
    email = fields.Char(related="request_id.email", related_sudo=False)
    subject = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("request_id", "kind")
    def _compute_reason(self):
        for wizard in self:
            _mail, field = MAIL_OF.get(wizard.kind, (None, None))
            wizard.reason = wizard.reason or (wizard.request_id[field] if field else False)

    @api.depends("request_id", "kind", "mail", "reason")
    def _compute_preview(self):
        for wizard in self:
            subject, body = wizard._rendered()
            wizard.subject, wizard.preview = subject, body

    def _rendered(self):
        """Give subject and text of the mail with this reason, without keeping anything."""
        code, field = MAIL_OF.get(self.kind, (self.mail, None))
        request = self.request_id._origin
        template = request._mail_template(code).sudo() if code else False
        if not template or not request:
            return False, False
        request.check_access("read")
        # the templates take the reason from here, so that a preview writes nothing
        template = template.with_context(privacy_reason=self.reason or "…" if field else False)
        rendered = template._generate_template(request.ids, ("subject", "body_html"))[request.id]
        return rendered["subject"], rendered["body_html"]

    def action_send(self):
        """Take the step, and send the mail."""
        self.ensure_one()
        steps = {
            "extend": self.request_id._extend,
            "refuse": self.request_id._refuse_because,
            "proof": self.request_id._ask_proof,
            "lift": self.request_id._lift,
        }
        steps[self.kind](self.reason)
        return {"type": "ir.actions.act_window_close"}
