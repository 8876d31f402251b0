from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

#: So many messages are put into the mail queue in one transaction.
BATCH = 500


class CrmPrivacyBreachNotice(models.Model):
    """A message to the persons concerned by a breach, in clear and plain words (art. 34).

    Who gets it?
        The contacts of a filter, archived ones too, as far as the officer may see them; who was
        told about the breach before is left out. With an e-mail address: by e-mail. Without:
        a letter is printed for them.
    What is kept?
        The message as it was sent, and who was told when. A message that was sent stays.
    How is it sent?
        Through Odoo's mail queue, in batches in the background. The queue tells whether each
        message went out.
    """

    _name = "crm.privacy.breach.notice"
    _description = "Message to the Persons of a Breach"
    _order = "id desc"
    _rec_name = "subject"

    breach_id = fields.Many2one(
        "crm.privacy.breach", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="breach_id.company_id")
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")], required=True, default="draft", readonly=True
    )
    domain = fields.Char("Persons", required=True, default="[('is_company', '=', False)]")
    subject = fields.Char(compute="_compute_text", store=True, readonly=False)
    body = fields.Html("Message", compute="_compute_text", store=True, readonly=False)
    email_count = fields.Integer("By E-mail", compute="_compute_counts")
    letter_count = fields.Integer("By Letter", compute="_compute_counts")
    known_count = fields.Integer("Told Before", compute="_compute_counts")
    sent_at = fields.Datetime("Sent On", readonly=True)
    user_id = fields.Many2one("res.users", "Sent By", readonly=True)
    recipient_ids = fields.One2many("crm.privacy.breach.recipient", "notice_id", "Told")

    @api.depends("breach_id")
    def _compute_text(self):
        """Begin with the shipped message, filled in with what the file says."""
        template = self.env.ref("crm_lifecycle.mail_template_privacy_breach").sudo()
        for notice in self.filtered("breach_id"):
            breach = notice.breach_id._origin or notice.breach_id
            for name, source in (("subject", "subject"), ("body", "body_html")):
                notice[name] = template._render_field(source, breach.ids)[breach.id]

    @api.depends("domain", "breach_id", "state")
    def _compute_counts(self):
        for notice in self:
            counts = notice._preview() if notice.state == "draft" else notice._result()
            notice.email_count, notice.letter_count, notice.known_count = counts

    def _preview(self):
        """Count who would be told how, and who was told before."""
        try:
            domain = self._persons_domain()
        except ValidationError:
            return 0, 0, 0
        partners = self.env["res.partner"].with_context(active_test=False)
        told = self._told_domain()
        has_email = Domain("email_normalized", "!=", False)
        return (
            partners.search_count(domain & has_email & ~told),
            partners.search_count(domain & ~has_email & ~told),
            partners.search_count(domain & told),
        )

    def _result(self):
        """Count who was told how."""
        ways = self.recipient_ids.grouped("channel")
        return len(ways.get("email", ())), len(ways.get("letter", ())), 0

    def _persons_domain(self):
        """Give the filter; refuse one that cannot be used."""
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
            domain.validate(self.env["res.partner"])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("The filter of the persons cannot be used: %(why)s", why=str(error))
            ) from error
        return domain

    def _told_domain(self):
        """Give the persons who were told about this breach before."""
        told = Domain("breach_id", "=", self.breach_id._origin.id)
        rows = self.env["crm.privacy.breach.recipient"].sudo()._search(told)
        return Domain("id", "in", rows.subselect("partner_id"))

    def write(self, vals):
        """Keep messages that were sent as they are."""
        if not self.env.su and any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("This message was sent: it stays as proof. Write another."))
        if not self.env.su and vals.keys() & {"state", "sent_at", "user_id", "recipient_ids"}:
            raise UserError(self.env._("A message is sent by its button."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """Begin messages as drafts."""
        steps = ("state", "sent_at", "user_id", "recipient_ids")
        return super().create(
            [{name: v for name, v in vals.items() if name not in steps} for vals in vals_list]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_draft(self):
        if any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("A message that was sent stays as proof."))

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def action_open_persons(self):
        """Open the contacts of the count that the button names."""
        self.ensure_one()
        way = self.env.context.get("privacy_way")
        domain = self._persons_domain()
        if way == "known":
            domain &= self._told_domain()
        else:
            has_email = Domain("email_normalized", "!=", False)
            domain &= (has_email if way == "email" else ~has_email) & ~self._told_domain()
        found = self.env["res.partner"].with_context(active_test=False).search(domain)
        name = self.env._("Persons Concerned")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", found.ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_send(self):
        """Tell the persons: e-mails go into the queue, letters are ready to be printed."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "sent":
            raise UserError(self.env._("This message was sent already."))
        if not self.subject or not self.body or not (self.email_count + self.letter_count):
            raise UserError(
                self.env._("Nobody is left to tell: change the filter, or write the message.")
            )
        count = self._add_recipients()
        self.sudo().write(
            {"state": "sent", "sent_at": fields.Datetime.now(), "user_id": self.env.uid}
        )
        self.breach_id._note(
            "persons",
            self.env._(
                "A message was sent (persons: %(count)s): %(subject)s",
                count=count,
                subject=self.subject,
            ),
        )
        self.sudo()._queue_batch()
        self.env.ref("crm_lifecycle.ir_cron_privacy_breach_mail").sudo()._trigger()
        return self.breach_id.action_open_recipients()

    def _add_recipients(self):
        """Add all persons with one statement; return how many."""
        partners = self.env["res.partner"].with_context(active_test=False)
        query = partners._search(self._persons_domain() & ~self._told_domain())
        self.env["crm.privacy.breach.recipient"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_privacy_breach_recipient (breach_id, notice_id, partner_id,
                       channel, state, create_uid, create_date, write_uid, write_date)
                SELECT %(breach)s, %(notice)s, p.id,
                       CASE WHEN p.email_normalized IS NULL THEN 'letter' ELSE 'email' END,
                       'waiting', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM res_partner p WHERE p.id IN %(partners)s
                ON CONFLICT DO NOTHING
                """,
                breach=self.breach_id.id,
                notice=self.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                partners=query.subselect(),
            )
        )
        count = self.env.cr.rowcount
        self.env["crm.privacy.breach.recipient"].invalidate_model()
        self.breach_id.invalidate_recordset()
        self.invalidate_recordset()
        return count

    @api.model
    def _waiting_domain(self):
        """Give the persons whose e-mail is not in the queue yet."""
        return [("channel", "=", "email"), ("state", "=", "waiting"), ("mail_id", "=", False)]

    @api.model
    def _queue_batch(self):
        """Put the next e-mails into the queue; return how many."""
        rows = self.env["crm.privacy.breach.recipient"].search(
            self._waiting_domain(), limit=BATCH, order="id"
        )
        rows = rows.try_lock_for_update()
        mails = self.env["mail.mail"].create([row._mail_values() for row in rows])
        for row, mail in zip(rows, mails, strict=True):
            row.mail_id = mail
        return len(rows)

    @api.model
    def _cron_queue(self):
        """Put the e-mails into the queue, batch by batch, and wake the queue."""
        rows = self.env["crm.privacy.breach.recipient"]
        while count := self._queue_batch():
            remaining = rows.search_count(self._waiting_domain())
            if not self.env["ir.cron"]._commit_progress(count, remaining=remaining):
                break
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
