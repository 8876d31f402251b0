from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from . import frequency
from .crm_nurture_step import MESSAGES
from .crm_nurture_step_do import Result

#: What Odoo found wrong with an address, before or while sending.
NO_ADDRESS = (
    "mail_email_missing",
    "mail_email_invalid",
    "sms_number_missing",
    "sms_number_format",
    "sms_invalid_destination",
)

#: A text in the simplest design of Odoo's editor; without any design nothing can be done there.
LETTER = Markup(
    '<div class="o_layout oe_unremovable oe_unmovable o_basic_theme" data-name="Mailing">'
    '<div class="oe_structure"><div class="o_mail_no_options">%s</div></div></div>'
)


class CrmNurtureStep(models.Model):
    """A step that writes to people has a mailing of Odoo: its editor, its links, its figures.

    When is the message written?
        When the step is created there is an empty mailing; its text may be given with the step,
        or written in Odoo's editor. It is frozen with the version.
    How is it sent?
        For all together, by Odoo's own composer, in the transaction of the engine: the messages
        wait in Odoo's queue, each with its trace, which tells what becomes of it.
    What is version B for?
        A stable share of the people get it instead of A; the figures of both tell which is better.
    Who is the sender?
        The owner of the sequence, unless another sender is written in the message.
    Who gets nothing?
        Who has no address, is on an exclusion list, may not be written to for the purpose, left
        the sequence, or has had the same message at the same address as another lead.
    """

    _inherit = "crm.nurture.step"

    mailing_id = fields.Many2one(
        "mailing.mailing", "Message", ondelete="restrict", copy=False, index="btree_not_null"
    )
    mailing_b_id = fields.Many2one(
        "mailing.mailing", "Message B", ondelete="restrict", copy=False, index="btree_not_null"
    )
    share_b = fields.Integer("Share of Version B (%)", default=50)
    message_purpose_id = fields.Many2one(
        "crm.privacy.purpose",
        "Purpose of the Message",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('is_profiling', '=', False)]",
        help="Without one: the purpose of the sequence.",
    )
    # the message, where it is not written in the editor
    subject = fields.Char(compute="_compute_message", inverse="_inverse_subject")
    body_html = fields.Html(
        "Text",
        compute="_compute_message",
        inverse="_inverse_body_html",
        sanitize="email_outgoing",
    )
    sms_body = fields.Text("SMS", compute="_compute_message", inverse="_inverse_sms_body")

    _share_b_percent = models.Constraint(
        "CHECK(share_b BETWEEN 0 AND 100)", "The share of version B is between 0 and 100 %."
    )

    @api.constrains("mailing_id", "mailing_b_id")
    def _check_mailings(self):
        """Refuse a message that another step has, or that was sent as a mailing of its own."""
        for step in self.sudo():
            mailings = step._mailings()
            others = self.sudo().search_count(
                [
                    ("id", "!=", step.id),
                    "|",
                    ("mailing_id", "in", mailings.ids),
                    ("mailing_b_id", "in", mailings.ids),
                ],
                limit=1,
            )
            foreign = mailings.filtered(
                lambda one: not one.nurture_sequence_id and one.state != "draft"
            )
            if others or foreign or (step.mailing_id and step.mailing_id == step.mailing_b_id):
                raise ValidationError(
                    self.env._(
                        "The message of “%s” is used elsewhere already. Duplicate the mailing, and"
                        " choose the copy.",
                        step.display_name,
                    )
                )

    @api.depends("mailing_id")
    def _compute_message(self):
        for step in self:
            mailing = step.sudo().mailing_id
            step.subject = mailing.subject
            step.body_html = mailing.body_html
            step.sms_body = mailing.body_plaintext if step.kind == "sms" else False

    def _inverse_subject(self):
        for step in self.filtered("mailing_id"):
            step.sudo().mailing_id.subject = step.subject

    def _inverse_body_html(self):
        for step in self.filtered("mailing_id"):
            body = step.body_html
            step.sudo().mailing_id.write({"body_html": body, "body_arch": self._as_letter(body)})

    def _inverse_sms_body(self):
        for step in self.filtered("mailing_id"):
            step.sudo().mailing_id.body_plaintext = step.sms_body

    # ------------------------------------------------------------
    # The mailings of a step
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give each message a mailing."""
        steps = super().create(
            [
                {**vals, "mailing_id": vals.get("mailing_id") or self._new_mailing(vals).id}
                if vals.get("kind") in MESSAGES
                else vals
                for vals in vals_list
            ]
        )
        steps._own_mailings()
        return steps

    def write(self, vals):
        """Keep the mailings those of the step."""
        result = super().write(vals)
        if not vals.keys().isdisjoint({"mailing_id", "mailing_b_id", "message_purpose_id"}):
            self._own_mailings()
        return result

    def copy_data(self, default=None):
        """Copy the messages with the step: those of a published version never change."""
        data = super().copy_data(default=default)
        for step, vals in zip(self, data, strict=True):
            for name in ("mailing_id", "mailing_b_id"):
                if step[name] and name not in (default or {}):
                    vals[name] = step[name].sudo()._copy_for_step().id
        return data

    @api.model
    def _new_mailing(self, vals):
        """Create the mailing of a new step from its values."""
        sequence = self.env["crm.nurture.version"].browse(vals["version_id"]).sequence_id
        subject = vals.get("subject") or vals.get("name") or self.env._("New message")
        values = {
            "subject": subject,
            "mailing_type": "sms" if vals["kind"] == "sms" else "mail",
            "mailing_model_id": self.env["ir.model"]._get_id(sequence.model),
            "mailing_domain": "[('id', '=', False)]",
            "privacy_purpose_id": False,
            "user_id": sequence.user_id.id,
        }
        if vals["kind"] == "sms":
            values |= {"sms_allow_unsubscribe": True, "body_plaintext": vals.get("sms_body") or ""}
        else:
            body = vals.get("body_html")
            values |= {
                "email_from": sequence._sender(),
                "reply_to_mode": "update",
                "body_html": body or self._default_body(),
                # without a text the editor begins with the choice of a design
                "body_arch": self._as_letter(body) if body else False,
            }
        # the owner of the sequence needs no e-mail about each message of it
        quietly = {"mail_auto_subscribe_no_notify": True}
        return self.env["mailing.mailing"].sudo().with_context(**quietly).create(values)

    @api.model
    def _as_letter(self, body):
        """Give a text for Odoo's editor: as its design “Plain Text”, that of a personal letter."""
        return LETTER % Markup(body or "")

    @api.model
    def _default_body(self):
        """Give the text of a new e-mail: it can be left from the first draft on."""
        return Markup('<p><br></p><p><a href="/unsubscribe_from_list">%s</a></p>') % self.env._(
            "Unsubscribe"
        )

    def _mailings(self):
        """Give the mailings of both versions, as those who lead the people along see them."""
        return (self.mailing_id | self.mailing_b_id).sudo()

    def _own_mailings(self):
        """Let the mailings say which sequence they belong to, for whom and what for."""
        for step in self.filtered("mailing_id"):
            sequence = step.sudo().sequence_id
            purpose = sequence._message_purpose(step).sudo()
            channel = MESSAGES.get(step.kind, "email")
            mailings = step._mailings()
            mailings._sign(sequence)
            mailings._set_nurture(
                {
                    "nurture_sequence_id": sequence.id,
                    "mailing_model_id": self.env["ir.model"]._get_id(sequence.model),
                    "privacy_purpose_id": purpose.id
                    if channel in (purpose._channels() if purpose else ())
                    else False,
                }
            )

    def _forget_mailings(self):
        """Let go of the mailings, of published versions as well."""
        self.env.cr.execute(
            "UPDATE crm_nurture_step SET mailing_id = NULL, mailing_b_id = NULL WHERE id = ANY(%s)",
            [list(self.ids)],
        )
        self.invalidate_recordset(["mailing_id", "mailing_b_id"])

    def _check_messages(self):
        """Refuse messages that nobody may get, or that say nothing."""
        for step in self.filtered(lambda step: step.kind in MESSAGES):
            step.sequence_id._check_channels(step)
            for mailing in step._mailings():
                text = mailing.body_plaintext if step.kind == "sms" else mailing.body_html
                if not text or (step.kind == "email" and is_html_empty(text)):
                    raise UserError(
                        self.env._("“%s” has no text yet: write the message.", step.display_name)
                    )
                # who may not write expressions of any kind may not publish them either
                mailing.sudo(False)._check_access_right_dynamic_template()

    def action_edit_message(self):
        """Open the message in Odoo's editor."""
        return self._open_mailing(self.mailing_id)

    def action_edit_message_b(self):
        """Open version B of the message; it begins as a copy of A."""
        if not self.mailing_b_id:
            self.mailing_b_id = self.mailing_id.sudo()._copy_for_step()
        return self._open_mailing(self.mailing_b_id)

    def _open_mailing(self, mailing):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "mailing.mailing",
            "res_id": mailing.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    def _do_email(self, enrollments):
        return self._hand_over(enrollments)

    def _do_sms(self, enrollments):
        return self._hand_over(enrollments)

    def _hand_over(self, enrollments):
        """Put the messages of all into Odoo's queue, and say what became of each."""
        results = {}
        for mailing, those in self._by_variant(enrollments).items():
            records = those._records()
            traces = mailing._nurture_hand_over(records.ids)
            for enrollment, record in zip(those, records, strict=True):
                results[enrollment.id] = self._result(traces.get(record.id))
        return results

    def _by_variant(self, enrollments):
        """Give who gets which of the two versions: mailing -> enrollments."""
        if not self.mailing_b_id:
            return {self.sudo().mailing_id: enrollments}
        subject = self.sequence_id._subject()
        return enrollments.grouped(lambda enrollment: self._variant(enrollment[subject].id))

    def _variant(self, record_id):
        """Give the version of the message that a lead or contact gets."""
        first, second = self.sudo().mailing_id, self.sudo().mailing_b_id
        chosen = second and frequency.in_second_share(self.key, record_id, self.share_b)
        return second if chosen else first

    def _result(self, trace):
        """Tell what became of a message by its trace."""
        if trace is None:
            return Result("failed", self.env._("No message was made for this person."))
        outcome = self._outcome(trace.trace_status, trace.failure_type)
        if outcome == "queued":
            return Result(outcome, trace=trace.id)
        return Result(outcome, trace.failure_reason or trace._failure_name(), trace=trace.id)

    @api.model
    def _outcome(self, trace_status, failure_type):
        """Tell what became of a message by what Odoo notes of it."""
        if trace_status in ("outgoing", "pending", "process", "sent"):
            return "queued"
        if failure_type in NO_ADDRESS:
            return "no_address"
        return "suppressed" if trace_status == "cancel" else "failed"
