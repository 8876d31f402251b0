import pytz

from odoo import api, fields, models

from . import due_dates


class CrmPrivacyRequest(models.Model):
    """Until when a request must be answered.

    Which day does the month begin?
        On the day of receipt, in the time zone of the company.
    What if a mail to confirm is not answered for a week?
        The month still runs from receipt: the law counts from there.
    """

    _inherit = "crm.privacy.request"

    deadline = fields.Date("Answer Until", compute="_compute_deadline", store=True, index=True)
    extended_at = fields.Datetime("Extended On", readonly=True, copy=False)
    extension_reason = fields.Text(
        copy=False,
        help="Why two more months are needed: the request is complex, or there are many. It is"
        " sent to the person.",
    )

    @api.depends("received_at", "extended_at", "company_id")
    def _compute_deadline(self):
        for request in self:
            received = request.received_at
            request.deadline = received and due_dates.due_date(
                request._local_day(received), bool(request.extended_at)
            )

    def _local_day(self, moment=None):
        """Give the day of a moment (now) where the company is."""
        calendar = self.company_id.resource_calendar_id
        zone = pytz.timezone(calendar.tz or self.company_id.partner_id.tz or "UTC")
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(zone).date()
