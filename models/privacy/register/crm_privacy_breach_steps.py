from odoo import api, fields, models
from odoo.exceptions import UserError

from . import breach_clock
from .crm_privacy_breach import CONTENT


class CrmPrivacyBreach(models.Model):
    """The steps of a breach, and the reminders of its clock.

    When is the officer reminded?
        At once, 24 and 4 hours before the deadline, and when it has passed; each once.
    """

    _inherit = "crm.privacy.breach"

    reminded_at = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------
    # The clock
    # ------------------------------------------------------------

    def _start_clock(self):
        """Give the officer an activity, and wake the job at each moment of the clock."""
        now = fields.Datetime.now()
        moments = []
        for breach in self.filtered(lambda breach: breach.clock != "off"):
            breach._remind()
            moments += breach_clock.reminders(breach.aware_at, now)
        if moments:
            self.env.ref("crm_lifecycle.ir_cron_privacy_breach").sudo()._trigger(at=moments)

    def _remind(self):
        """Give the officer one activity that says how many hours are left."""
        self.ensure_one()
        self._drop_reminders()
        self.activity_schedule(
            "crm_lifecycle.mail_activity_type_privacy_breach",
            date_deadline=fields.Date.to_date(self.deadline),
            user_id=(self.user_id or self.company_id._privacy_officer()).id,
            summary=self._clock_words(),
        )
        # the moment is no part of the file, and no change of it
        self.sudo()._note_step(reminded_at=fields.Datetime.now())

    def _clock_words(self):
        """Say how much time is left."""
        if self.hours_left < 0:
            return self.env._(
                "The 72 hours are over: notify the authority now, with the reasons of the delay"
            )
        if self.hours_left == 1:
            return self.env._("Notify the authority: 1 hour left")
        return self.env._("Notify the authority: %(hours)s hours left", hours=self.hours_left)

    def _drop_reminders(self):
        """Take the activity of the clock away."""
        self.activity_unlink(["crm_lifecycle.mail_activity_type_privacy_breach"])

    @api.model
    def _cron_remind(self):
        """Remind of the breaches where a moment of the clock has come since the last time."""
        now = fields.Datetime.now()
        for breach in self.search(self._clock_domain()):
            since = breach.reminded_at or breach.aware_at
            if any(moment <= now for moment in breach_clock.reminders(breach.aware_at, since)):
                breach._remind()

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def action_notified(self):
        """Note that the authority was notified: first, or with what followed."""
        self.ensure_one()
        if self.state == "closed":
            raise UserError(self.env._("This file is closed. Open it again first."))
        self._refuse_incomplete()
        if self.authority_notified_at:
            self._note("complement", self.env._("Complementary information was sent."))
            return
        self._note_step(state="notified", authority_notified_at=fields.Datetime.now())
        self._note(
            "authority",
            self.env._(
                "%(authority)s was notified. %(reason)s",
                authority=self.company_id.privacy_authority or "",
                reason=self.late_reason or "",
            ).strip(),
        )
        self._drop_reminders()

    def _refuse_incomplete(self):
        """Refuse a notification that says less than art. 33(3) asks for."""
        named = [
            self._fields[name]._description_string(self.env) for name in CONTENT if not self[name]
        ]
        if not (self.is_confidentiality or self.is_integrity or self.is_availability):
            named.insert(0, self.env._("the nature of the breach"))
        if not self.risk:
            named.append(self.env._("the risk for the persons"))
        if named:
            raise UserError(
                self.env._(
                    "A notification says what happened, what it may cause and what is done."
                    " Please complete: %(fields)s. What is not known yet can be said so, and"
                    " completed later.",
                    fields=", ".join(named),
                )
            )

    def action_controller_told(self):
        """Note that the controller was told, as a processor has to without delay."""
        self.ensure_one()
        if not self.controller_id:
            raise UserError(self.env._("Please say first who the controller is."))
        self.controller_notified_at = fields.Datetime.now()
        self._note(
            "controller",
            self.env._("%(controller)s was told.", controller=self.controller_id.display_name),
        )

    def action_close(self):
        """Close the file, when everybody was told who must be."""
        for breach in self:
            breach._refuse_close()
            breach._note("closed", self.env._("The file was closed."))
            breach._note_step(state="closed", closed_at=fields.Datetime.now())
            breach._drop_reminders()

    def _refuse_close(self):
        """Refuse to close a file while somebody has to be told."""
        if not self.risk:
            raise UserError(self.env._("Please assess first whether there is a risk."))
        if self.must_notify_authority and not self.authority_notified_at:
            raise UserError(
                self.env._("There is a risk for the persons: notify the authority first.")
            )
        if self.must_notify_persons and not self._persons_told():
            raise UserError(
                self.env._(
                    "There is a high risk: tell the persons first, or say which exception applies."
                )
            )
        if self.role == "processor" and not self.controller_notified_at:
            raise UserError(self.env._("Please tell the controller first (art. 33(2))."))

    def action_reopen(self):
        """Open a closed file again."""
        for breach in self.filtered(lambda breach: breach.state == "closed"):
            state = "notified" if breach.authority_notified_at else "open"
            breach._note_step(state=state, closed_at=False)
            breach._note("reopened", self.env._("The file was opened again."))
            breach._start_clock()
