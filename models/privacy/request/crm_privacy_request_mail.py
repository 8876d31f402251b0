from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPrivacyRequest(models.Model):
    """The mails that tell the person how the request goes on.

    How do they leave?
        By Odoo's mail queue, in the language of the person; a copy is not kept, the history
        of the request says which mail was made when.
    What if there is no address?
        The history says so, and a task asks to answer by post.
    """

    _inherit = "crm.privacy.request"

    type_label = fields.Char("Asked For", compute="_compute_type_label")
    proof_reason = fields.Text(
        "Doubt about the Identity",
        copy=False,
        help="More proof may only be asked for if there is a reasonable doubt: say which one.",
    )
    proof_asked_at = fields.Datetime("Proof Asked For On", readonly=True, copy=False)

    @api.depends("type")
    @api.depends_context("lang")
    def _compute_type_label(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for request in self:
            request.type_label = labels.get(request.type)

    def _send(self, code):
        """Put the mail of a step into the queue."""
        template = self._mail_template(code).sudo()
        with_address = self.filtered("email_normalized")
        if template and with_address:
            template.send_mail_batch(with_address.ids, force_send=False)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        with_address._note_mail(code)
        (self - with_address)._ask_for_letter(code)

    @api.model
    def _mail_template(self, code):
        """Give the template of a step, empty if it was deleted."""
        name = f"crm_lifecycle.mail_template_privacy_{code}"
        return self.env.ref(name, False) or self.env["mail.template"]

    def _note_mail(self, code):
        """Write into the history that the mail of a step was made, without the address."""
        label = dict(self._mails())[code]
        for request in self:
            request.sudo().message_post(
                body=self.env._("E-mail to the person: %(mail)s", mail=label),
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    def _ask_for_letter(self, code):
        """Ask who answers to write a letter, as there is no e-mail address."""
        label = dict(self._mails())[code]
        for request in self:
            request.sudo().activity_schedule(
                "crm_lifecycle.mail_activity_type_privacy_letter",
                date_deadline=request.deadline,
                user_id=(request.user_id or request._officer(request.company_id)).id,
                summary=self.env._("Answer by post: %(mail)s", mail=label),
            )

    @api.model
    def _mails(self):
        """Give code and translated name of each mail."""
        labels = {
            "received": self.env._("Received: please confirm"),
            "verified": self.env._("Identity confirmed"),
            "proof": self.env._("Another proof of identity is needed"),
            "extended": self.env._("Two more months"),
            "refused": self.env._("Refused, with reasons"),
            "done": self.env._("Done"),
            "archive": self.env._("Your data are ready"),
            "lifted": self.env._("The restriction ends"),
        }
        return list(labels.items())

    def action_send_link(self):
        """Send the person the link to confirm the address."""
        self._check_state("new")
        for request in self:
            if not request.email_normalized:
                raise UserError(
                    self.env._(
                        "%(name)s has no valid e-mail address to send the link to: enter it, or"
                        " confirm the identity in another way.",
                        name=request.name,
                    )
                )
        self._send("received")

    def action_preview_mails(self):
        """Show the mails as the person gets them."""
        self.ensure_one()
        return self._open_answer("preview")

    def _open_answer(self, kind):
        """Open the dialog that asks for a reason and shows the mail."""
        titles = {
            "extend": self.env._("Two More Months"),
            "refuse": self.env._("Refuse"),
            "proof": self.env._("Ask for Another Proof"),
            "lift": self.env._("End the Restriction"),
            "preview": self.env._("Mails to the Person"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[kind],
            "res_model": "crm.privacy.request.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id, "default_kind": kind},
        }

    # ------------------------------------------------------------
    # What a step tells
    # ------------------------------------------------------------

    def _verify(self, by):
        result = super()._verify(by)
        self._send("verified")
        return result

    def _refuse(self):
        result = super()._refuse()
        self._send("refused")
        self._clear_reminders()
        return result

    def _finish(self):
        result = super()._finish()
        self._send_finished()
        self._clear_reminders()
        return result

    def _send_finished(self):
        """Tell the person that the request is done."""
        self._send("done")

    # ------------------------------------------------------------
    # More proof (article 12(6))
    # ------------------------------------------------------------

    def action_ask_proof(self):
        """Ask for the reason why the mailed link is not enough."""
        self.ensure_one()
        self._check_state("new", "verified")
        return self._open_answer("proof")

    def _ask_proof(self, reason):
        """Ask the person for more proof of the identity, for a stated doubt."""
        self.ensure_one()
        self._check_state("new", "verified")
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say what the doubt is: without a reasonable doubt the law does not allow"
                    " to ask for more proof (article 12(6))."
                )
            )
        now = fields.Datetime.now()
        self.sudo().write({"proof_reason": reason.strip(), "proof_asked_at": now})
        self._send("proof")
