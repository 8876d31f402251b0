from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from . import frequency
from .link_tracker import KnownLinks

#: What people get to read: frozen when the version is published.
CONTENT = frozenset(
    "subject preview body_html body_arch body_plaintext attachment_ids mailing_type"
    " mailing_model_id active".split()
)


class MailingMailing(models.Model):
    """The message of a step of a sequence.

    Who sends it?
        Only the engine. It is never sent to a list, and its text is that of the step.
    May it change?
        Until the version is published. After that people are on their way to it.
    """

    _inherit = "mailing.mailing"

    nurture_sequence_id = fields.Many2one(
        "crm.nurture.sequence",
        "Sequence",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    def write(self, vals):
        """Refuse to change what people in a sequence are about to get."""
        if "nurture_sequence_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("A message belongs to its sequence: edit the steps of the sequence.")
            )
        if not CONTENT.isdisjoint(vals):
            self._check_not_published(vals)
        return super().write(vals)

    def _check_not_published(self, vals):
        own = self.filtered("nurture_sequence_id")
        if not own:
            return
        steps = self.env["crm.nurture.step"].sudo()
        frozen = steps.search(
            ["|", ("mailing_id", "in", own.ids), ("mailing_b_id", "in", own.ids)]
        ).filtered(lambda step: step.version_id.state != "draft")
        changed = (frozen.mailing_id | frozen.mailing_b_id) & own
        if any(changed._changes(vals)):
            raise UserError(
                self.env._(
                    "This message belongs to %s, which is published: people are on their way to"
                    " it. Edit the sequence to make the next version, and change it there.",
                    frozen[0].version_id.display_name,
                )
            )

    def _changes(self, vals):
        """Give the names of the parts of the content that values would change."""
        return [
            name
            for mailing in self
            for name in CONTENT & vals.keys()
            if mailing._fields[name].convert_to_write(mailing[name], mailing) != vals[name]
        ]

    def action_launch(self):
        """Refuse to send the message of a step to everybody."""
        self._check_not_of_sequence()
        return super().action_launch()

    def action_schedule(self):
        """Refuse to plan the message of a step."""
        self._check_not_of_sequence()
        return super().action_schedule()

    def action_put_in_queue(self):
        """Refuse to queue the message of a step."""
        self._check_not_of_sequence()
        return super().action_put_in_queue()

    def _check_not_of_sequence(self):
        if self.nurture_sequence_id:
            raise UserError(
                self.env._(
                    "This message belongs to the sequence “%s”, which sends it to each person at"
                    " the right time. Duplicate it to send it as a mailing.",
                    self.nurture_sequence_id[0].name,
                )
            )

    def _set_nurture(self, vals):
        """Write what follows from the sequence, where it is not so already."""
        for mailing in self:
            changes = {
                name: value
                for name, value in vals.items()
                if mailing._fields[name].convert_to_write(mailing[name], mailing) != value
            }
            if changes:
                mailing.write(changes)

    def _sign(self, sequence):
        """Let the owner of a sequence be the sender, unless another address was chosen."""
        user = sequence.user_id
        company = sequence._sending_company()
        for mailing in self.filtered(lambda one: one.user_id != user):
            values = {"user_id": user.id}
            users = mailing.user_id | mailing.create_uid
            usual = (*users.mapped("email_formatted"), company.email_formatted)
            if mailing.mailing_type == "mail" and mailing.email_from in usual:
                values["email_from"] = sequence._sender()
            mailing.with_context(mail_auto_subscribe_no_notify=True).write(values)

    def _get_recipients_domain(self):
        """Send the message of a step to nobody by list, whatever its form says."""
        return Domain.FALSE if self.nurture_sequence_id else super()._get_recipients_domain()

    def _copy_for_step(self):
        """Copy the message for another version of the step."""
        self.ensure_one()
        quietly = self.with_context(mail_auto_subscribe_no_notify=True)
        return quietly.copy({"subject": self.subject, "mailing_domain": self.mailing_domain})

    # ------------------------------------------------------------
    # Handing over
    # ------------------------------------------------------------

    def _in_sending_company(self):
        """Give the message as the company of the sequence sends it, whoever runs the queue."""
        sequence = self.nurture_sequence_id
        return self.with_company(sequence._sending_company()) if sequence else self

    def _nurture_hand_over(self, res_ids):
        """Put the message to these records into Odoo's queue, without a commit.

        :return: record id -> its new trace
        """
        self.ensure_one()
        mailing = self._in_sending_company().with_context(
            nurture_links=KnownLinks(), mail_notify_author=True
        )
        if self.mailing_type == "sms":
            mailing._nurture_compose_sms(res_ids)
        else:
            mailing._nurture_compose(res_ids)
        return self._nurture_traces(res_ids)

    def _nurture_compose(self, res_ids):
        """Let Odoo's composer render, check and queue the e-mails."""
        composer = (
            self.env["mail.compose.message"]
            .with_context(
                active_ids=res_ids,
                default_composition_mode="mass_mail",
                **self._get_mass_mailing_context(),
            )
            .create(self._nurture_composer_values())
        )
        mails, _messages = composer._action_send_mail(auto_commit=False)
        mails._nurture_wake()

    def _nurture_composer_values(self):
        """Give what Odoo gives the composer of a mailing; the e-mails wait in the queue."""
        values = {
            "attachment_ids": [(4, attachment.id) for attachment in self.attachment_ids],
            "author_id": self.user_id.partner_id.id or self.env.user.partner_id.id,
            "auto_delete": not self.keep_archives,
            "auto_delete_keep_log": self.reply_to_mode == "update",
            "body": self._prepend_preview(self.body_html or "", self.preview),
            "composition_mode": "mass_mail",
            "email_from": self.email_from,
            "force_send": False,
            "mail_server_id": self.mail_server_id.id,
            "mass_mailing_id": self.id,
            "model": self.mailing_model_real,
            "reply_to_force_new": self.reply_to_mode == "new",
            "subject": self.subject,
            "template_id": False,
            "use_exclusion_list": self.use_exclusion_list,
        }
        if self.reply_to_mode == "new":
            values["reply_to"] = self.reply_to
        return values

    def _nurture_compose_sms(self, res_ids):
        """Let Odoo's composer render, check and queue the SMS."""
        values = {**self._send_sms_get_composer_values(res_ids), "mass_force_send": False}
        composer = self.env["sms.composer"].with_context(active_id=False).create(values)
        composer._action_send_sms()

    def _nurture_traces(self, res_ids):
        """Give the newest trace of each record."""
        traces = self.env["mailing.trace"].sudo()
        traces.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (res_id) res_id, id FROM mailing_trace"
                " WHERE mass_mailing_id = %s AND model = %s AND res_id = ANY(%s)"
                " ORDER BY res_id, id DESC",
                self.id,
                self.mailing_model_real,
                list(res_ids),
            )
        )
        found = traces.browse(row[1] for row in rows)
        found.fetch(["trace_status", "failure_type", "failure_reason"])
        return {row[0]: trace for row, trace in zip(rows, found, strict=True)}

    def _nurture_siblings(self):
        """Give the mailings of the step, A and B, in all versions of the sequence."""
        steps = self.env["crm.nurture.step"].sudo()
        step = steps.search(
            ["|", ("mailing_id", "=", self.id), ("mailing_b_id", "=", self.id)], limit=1
        )
        same = [("sequence_id", "=", step.sequence_id.id), ("key", "=", step.key)]
        return self | steps.search(same)._mailings()

    def _nurture_doubles(self, recipients):
        """Give the records whose addresses all get the message as another record.

        :param recipients: what the composer knows of the addresses of each record
        """
        addresses = {key: info["mail_to_normalized"] for key, info in recipients.items()}
        emails = {email for own in addresses.values() for email in own}
        return frequency.doubles(addresses, self._nurture_holders(emails))

    def _nurture_holders(self, emails):
        """Give the records as which these addresses have had the message: email -> ids.

        The other version of a message that is being handed over has no deliveries yet.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT t.email, t.res_id FROM mailing_trace t"
                " LEFT JOIN crm_nurture_delivery d ON d.trace_id = t.id"
                " WHERE t.email = ANY(%s) AND t.mass_mailing_id = ANY(%s)"
                " AND COALESCE(d.date, t.create_date) > %s"
                " AND t.trace_status NOT IN ('cancel', 'error')",
                sorted(emails),
                list(self._nurture_siblings().ids),
                self.nurture_sequence_id._told_since(),
            )
        )
        holders = {}
        for email, record_id in rows:
            holders.setdefault(email, set()).add(record_id)
        return holders
