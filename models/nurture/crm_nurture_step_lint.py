from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from . import filters
from .crm_nurture_step import MESSAGES

#: What Odoo's editor writes for a link to leave a mailing.
UNSUBSCRIBE = "/unsubscribe_from_list"

MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080, "months": 43200}

#: The same for the intervals of Odoo's scheduled actions.
CRON_MINUTES = {**MINUTES, "seconds": 1 / 60}

#: Questions about a message that must have been sent before.
ABOUT_MESSAGES = ("opened", "clicked", "replied", "bounced")


class CrmNurtureStep(models.Model):
    """What is wrong with one step."""

    _inherit = "crm.nurture.step"

    def _lint(self):
        """Give the problems of the step: pairs of level and text."""
        self.ensure_one()
        missing = self._missing()
        if missing:
            yield "error", missing[:1].upper() + missing[1:]
        yield from getattr(self, f"_lint_{self.kind}", list)()

    def _lint_email(self):
        yield from self._lint_message()
        for mailing in self._mailings():
            if UNSUBSCRIBE not in (mailing.body_html or ""):
                yield (
                    "error",
                    self.env._(
                        "The e-mail has no link to unsubscribe: add it in the editor of the"
                        " message, from the blocks of the footer."
                    ),
                )

    def _lint_sms(self):
        yield from self._lint_message()
        if any(not mailing.sms_allow_unsubscribe for mailing in self._mailings()):
            yield (
                "error",
                self.env._("The SMS does not say how to stop: include the link to opt out."),
            )

    def _lint_message(self):
        try:
            self._check_messages()
        except UserError as error:
            yield "error", str(error)
            return
        body = self.mailing_id.sudo().body_html if self.kind == "email" else self.sms_body
        text = html2plaintext(body or "", include_references=False)
        words = text.replace(self.env._("Unsubscribe"), "").strip()
        if self.kind == "email" and len(words) < 3:
            yield "error", self.env._("The e-mail has no text yet: write it.")

    def _lint_wait(self):
        if self.wait_mode != "time":
            return
        minutes = self.wait_number * MINUTES.get(self.wait_unit, 0)
        if not minutes:
            yield "warning", self.env._("This wait waits for nothing.")
        elif minutes < self._engine_minutes():
            yield (
                "warning",
                self.env._(
                    "The wait is shorter than the time between two looks at who has to leave"
                    " (%(minutes)s minutes): it may take that long.",
                    minutes=self._engine_minutes(),
                ),
            )

    @api.model
    def _engine_minutes(self):
        """Give the minutes between two looks around: only they see who has to leave meanwhile."""
        cron = self.env["crm.nurture.sequence"]._watch_cron()
        return round(cron.interval_number * CRON_MINUTES[cron.interval_type]) if cron else 0

    def _lint_condition(self):
        before = self.version_id.step_ids.filtered(lambda step: step.kind in MESSAGES)
        if self.check in ABOUT_MESSAGES and not before:
            yield (
                "error",
                self.env._("The question is about a message, and no step sends one."),
            )
        if self.check in ABOUT_MESSAGES and not self.timeout_number:
            yield (
                "warning",
                self.env._(
                    "The answer is not waited for: say how long, or put a wait before the question."
                ),
            )
        if self.check == "domain" and not filters.is_set(self.domain):
            yield "warning", self.env._("The filter is empty, so the answer is always yes.")
        if not any(step.parent_id == self for step in self.version_id.step_ids):
            yield "warning", self.env._("Both answers lead to the same steps.")
