from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..privacy.consent.decision import ORDERED
from .crm_nurture_step import MESSAGES


class CrmNurtureSequence(models.Model):
    """What the messages of a sequence are for, and how many leave in a day.

    What does the purpose decide?
        Who may get its messages: the gate is asked when a message is handed over, and again
        before it leaves. A step may have a purpose of its own.
    What if the purpose is changed?
        It holds at once, for all versions and for what waits to leave.
    What is the budget?
        The most messages that leave in a day; the others follow on the next days, those of
        sequences with a higher priority first.
    What becomes of messages that wait to leave when the sequence is paused?
        They wait until it goes on. If it is deleted they are cancelled.
    """

    _inherit = "crm.nurture.sequence"

    purpose_id = fields.Many2one(
        "crm.privacy.purpose",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('is_profiling', '=', False), ('company_id', 'in', (False, company_id))]",
        default=lambda self: self.env.company.privacy_purpose_id,
        help="What the messages are for: it decides who may get them. Without a purpose, consents"
        " are not looked at; who objected to everything is left out all the same.",
    )
    daily_budget = fields.Integer(
        "Messages a Day", help="The others follow on the next days; 0 means no limit."
    )

    _daily_budget_not_negative = models.Constraint(
        "CHECK(daily_budget >= 0)", "The number of messages a day cannot be negative."
    )

    def write(self, vals):
        """Let a new purpose, and a new owner as the sender, hold for all its messages."""
        result = super().write(vals)
        if not vals.keys().isdisjoint({"purpose_id", "company_id", "user_id"}):
            self.version_ids.step_ids._own_mailings()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_messages(self):
        """Delete the messages that nobody got; the others stay for the figures of Odoo."""
        mails, texts = self._waiting_messages()
        why = self.env._("The sequence was deleted before the message left.")
        mails._nurture_cancel("mail_optout", why)
        texts._nurture_cancel("sms_optout", why)
        mailings = self.env["mailing.mailing"].sudo().with_context(active_test=False)
        own = mailings.search([("nurture_sequence_id", "in", self.ids)])
        sent = (
            self.env["mailing.trace"]
            .sudo()
            ._read_group([("mass_mailing_id", "in", own.ids)], ["mass_mailing_id"])
        )
        used = mailings.union(*(mailing for (mailing,) in sent))
        self.version_ids.step_ids._forget_mailings()
        used.active = False
        (own - used).unlink()

    def action_publish(self):
        """Publish only messages that somebody may get, and that are complete."""
        steps = self.draft_id.step_ids
        steps._check_messages()
        result = super().action_publish()
        # nobody sends them to a list, and Odoo's form shows their figures
        steps._mailings().write({"state": "done", "sent_date": fields.Datetime.now()})
        return result

    def action_resume(self):
        """Let what waited leave at once."""
        paused = self.filtered(lambda one: one.state == "paused")
        result = super().action_resume()
        mails, texts = paused._waiting_messages()
        mails.scheduled_date = False
        mails._nurture_wake()
        if texts:
            texts._nurture_return()
            texts._nurture_wake()
        return result

    def _waiting_messages(self):
        """Give the mails and the SMS of these sequences that have not left."""
        own = [("mailing_id.nurture_sequence_id", "in", self.ids)]
        mails = self.env["mail.mail"].sudo().search([*own, ("state", "=", "outgoing")])
        texts = self.env["sms.sms"].sudo()
        return mails, texts.search(
            [
                *own,
                ("state", "in", ("outgoing", "error")),
                ("mailing_trace_ids.trace_status", "=", "outgoing"),
            ]
        )

    def _sender(self):
        """Give the address that messages come from: that of the owner, or else of the company.

        :raise UserError: neither has one
        """
        address = self.user_id.email_formatted or self._sending_company().email_formatted
        if not address:
            raise UserError(
                self.env._(
                    "%(owner)s owns “%(sequence)s” and has no e-mail address to send messages"
                    " from. Enter one, or that of the company.",
                    owner=self.user_id.name,
                    sequence=self.name,
                )
            )
        return address

    def _told_since(self):
        """Give since when an address that got a message does not get it by another record."""
        if self.reentry == "never":
            return datetime.min
        return fields.Datetime.subtract(fields.Datetime.now(), days=self.reentry_days)

    def _message_purpose(self, step):
        """Give the purpose of the messages of a step."""
        self.ensure_one()
        return step.message_purpose_id or self.purpose_id

    def _message_cap(self, step):
        """Give how many messages in how many days a person gets; 0: as many as there are."""
        company = self._sending_company()
        ordered = self.sudo()._message_purpose(step).legal_basis in ORDERED
        return (0 if ordered else company.nurture_cap_number), max(1, company.nurture_cap_days)

    def _budgets(self):
        """Give each limit of a day, with the sequences that share it."""
        company = self._sending_company()
        found = [(self.daily_budget, self)] if self.daily_budget else []
        if company.nurture_daily_budget:
            found.append((company.nurture_daily_budget, company._nurture_sequences()))
        return found

    def _check_channels(self, steps):
        """Refuse messages by a channel that people were not asked about."""
        for step in steps.filtered(lambda step: step.kind in MESSAGES):
            purpose = self._message_purpose(step).sudo()
            channel = MESSAGES[step.kind]
            if purpose and channel not in purpose._channels():
                raise UserError(
                    self.env._(
                        "“%(step)s”: nobody was asked about “%(purpose)s” by this channel. Choose"
                        " a purpose for this step that has it, or add it to the purpose.",
                        step=step.display_name,
                        purpose=purpose.name,
                    )
                )
