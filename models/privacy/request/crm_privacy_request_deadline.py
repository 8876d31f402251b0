import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from . import due_dates


class CrmPrivacyRequest(models.Model):
    """Until when a request must be answered.

    Which day does the month begin?
        On the day of receipt, in the time zone of the company.
    What if a mail to confirm is not answered for a week?
        The month still runs from receipt: the law counts from there.
    When may it be extended?
        Once, by two months, before the first month ends, with a reason; the mail that tells
        the person leaves in the same step, so nobody can forget it.
    """

    _inherit = "crm.privacy.request"

    deadline = fields.Date("Answer Until", compute="_compute_deadline", store=True, index=True)
    extended_at = fields.Datetime("Extended On", readonly=True, copy=False)
    extension_reason = fields.Text(
        copy=False,
        help="Why two more months are needed: the request is complex, or there are many. It is"
        " sent to the person.",
    )
    # how near it is
    days_left = fields.Integer(compute="_compute_urgency")
    urgency = fields.Selection(
        [
            ("quiet", "In time"),
            ("soon", "Soon"),
            ("urgent", "Urgent"),
            ("late", "Late"),
            ("closed", "Answered"),
        ],
        compute="_compute_urgency",
    )
    elapsed = fields.Integer("Time Gone By", compute="_compute_urgency")
    deadline_text = fields.Char("Deadline", compute="_compute_urgency")
    may_extend = fields.Boolean(compute="_compute_urgency")
    extended_deadline = fields.Date("Deadline if Extended", compute="_compute_extended_deadline")

    @api.depends("received_at", "extended_at", "company_id")
    def _compute_deadline(self):
        for request in self:
            request.deadline = request.received_at and due_dates.due_date(
                request._local_day(request.received_at), bool(request.extended_at)
            )

    @api.depends("received_at", "company_id")
    def _compute_extended_deadline(self):
        for request in self:
            received = request._local_day(request.received_at)
            request.extended_deadline = due_dates.due_date(received, extended=True)

    @api.depends("deadline", "state", "closed_at")
    def _compute_urgency(self):
        for request in self:
            received = request.received_at or fields.Datetime.now()
            received, today = request._local_day(received), request._local_day()
            end = request._local_day(request.closed_at) if request.closed_at else today
            deadline = request.deadline or due_dates.due_date(received)
            closed = request.state in ("done", "refused")
            request.days_left = (deadline - end).days
            request.urgency = "closed" if closed else due_dates.urgency(deadline, today)
            request.elapsed = due_dates.elapsed_share(received, deadline, end)
            request.may_extend = not closed and due_dates.may_extend(
                received, today, bool(request.extended_at)
            )
            request.deadline_text = request._deadline_words((end - received).days)

    def _deadline_words(self, days):
        """Say how near the deadline is, or after how many days the answer was given."""
        if self.urgency == "closed":
            return self._answered_words(days)
        if self.days_left < 0:
            return self._late_words(-self.days_left)
        if self.days_left == 0:
            return self.env._("due today")
        if self.days_left == 1:
            return self.env._("due tomorrow")
        return self.env._("due in %(days)s days", days=self.days_left)

    def _answered_words(self, days):
        if not days:
            return self.env._("answered on the same day")
        if days == 1:
            return self.env._("answered after 1 day")
        return self.env._("answered after %(days)s days", days=days)

    def _late_words(self, days):
        if days == 1:
            return self.env._("1 day late")
        return self.env._("%(days)s days late", days=days)

    def _local_day(self, moment=None):
        """Give the day of a moment (now) where the company is."""
        company = self.company_id or self.env.company
        zone = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date()

    # ------------------------------------------------------------
    # The extension
    # ------------------------------------------------------------

    def action_extend(self):
        """Ask for the reason of two more months."""
        self.ensure_one()
        self._check_extension()
        return self._open_answer("extend")

    def _extend(self, reason):
        """Give two more months, and tell the person why."""
        self.ensure_one()
        self._check_extension()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason: the person must be told it."))
        values = {"extension_reason": reason.strip(), "extended_at": fields.Datetime.now()}
        self.sudo().write(values)
        self._send("extended")
        self._renew_reminders()

    def _check_extension(self):
        """Refuse an extension that comes too late, or a second one.

        :raise UserError: the deadline cannot be extended any more
        """
        for request in self:
            if not request.may_extend:
                raise UserError(
                    request.env._(
                        "The deadline of %(name)s cannot be extended: this is possible once,"
                        " within the first month, for a request that is not answered yet.",
                        name=request.name,
                    )
                )
