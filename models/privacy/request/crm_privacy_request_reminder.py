from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from . import due_dates


class CrmPrivacyRequest(models.Model):
    """Who is reminded of a deadline, and when.

    When?
        Ten days and three days before the deadline, and on the day after it.
    Who?
        Who answers the request; without anybody, the data protection officer of the company.
    What if the server was down on that day?
        The reminder is made afterwards; `reminded_for` says which one was the last, so none
        is made twice.
    """

    _inherit = "crm.privacy.request"

    reminded_for = fields.Date(
        readonly=True,
        copy=False,
        help="The day of the last reminder.",
        export_string_translation=False,
    )

    @api.model
    def _cron_remind(self):
        """Make the reminders that are due: one search, one creation."""
        horizon = fields.Date.today() + timedelta(days=due_dates.WARNING_DAYS[0] + 1)
        domain = self._open_domain() & Domain("deadline", "<=", horizon)
        self.search(domain)._remind()

    def _remind(self):
        """Remind of those of these requests whose reminder is due."""
        by_day = {}
        for request in self:
            day = due_dates.reminder_day(request.deadline, request._local_day())
            if day and day != request.reminded_for:
                by_day[day] = by_day.get(day, self.browse()) | request
        due = self.browse().concat(*by_day.values())
        if not due:
            return
        due._clear_reminders()
        due._schedule_reminders()
        for day, requests in by_day.items():
            requests.sudo().write({"reminded_for": day})

    def _renew_reminders(self):
        """Forget the reminders of the former deadline."""
        self._clear_reminders()
        self.sudo().write({"reminded_for": False})

    def _clear_reminders(self):
        """Delete the open reminders of these requests."""
        kind = self.env.ref("crm_lifecycle.mail_activity_type_privacy_request", False)
        reminders = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("activity_type_id", "=", kind.id if kind else False),
        ]
        self.env["mail.activity"].sudo().search(reminders).unlink()

    def _schedule_reminders(self):
        """Create one activity for each request, for who answers it."""
        kind = self.env.ref("crm_lifecycle.mail_activity_type_privacy_request", False)
        if not kind:
            return
        model = self.env["ir.model"]._get_id(self._name)
        officers = {company: self._officer(company) for company in self.company_id}
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        activities.create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": request.id,
                    "date_deadline": request.deadline,
                    "user_id": (request.user_id or officers[request.company_id]).id,
                    "summary": request._reminder_words(),
                }
                for request in self
            ]
        )

    def _reminder_words(self):
        """Say in a few words what the reminder is about, without naming the person."""
        if self.urgency == "late":
            return self.env._("%(name)s: the deadline of the law has passed", name=self.name)
        return self.env._("%(name)s: %(deadline)s", name=self.name, deadline=self.deadline_text)

    @api.model
    def _officer(self, company):
        """Give who answers the requests of a company that nobody has taken."""
        if hasattr(company, "_privacy_officer"):
            # the register names one for each company
            return company.sudo()._privacy_officer()
        group = self.env.ref("crm_lifecycle.group_privacy_officer")
        domain = [("all_group_ids", "in", group.ids), ("company_ids", "in", company.ids)]
        users = self.env["res.users"].sudo().search(domain, limit=20, order="id")
        return (
            users.filtered(lambda user: not user._is_superuser() and not user.share)[:1]
            or users[:1]
        )
