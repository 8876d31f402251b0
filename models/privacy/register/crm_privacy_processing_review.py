from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: So long before the day of a review, the person in charge gets an activity.
NOTICE_DAYS = 30


class CrmPrivacyProcessing(models.Model):
    """The review of the entries of the record.

    When is an entry reviewed?
        Every so many months while it is in force; a nightly job gives the person in charge, or
        the officer, an activity a month before.
    """

    _inherit = "crm.privacy.processing"

    review_months = fields.Integer(
        "Reviewed Every", default=12, tracking=True, help="In months; 0: never."
    )
    review_date = fields.Date("Next Review", copy=False, tracking=True)

    _review_months_positive = models.Constraint(
        "CHECK(review_months >= 0)", "The months between two reviews cannot be negative."
    )

    def _next_review(self, day):
        """Give the day of the next review, or nothing when there is none."""
        months = self.review_months
        return day + relativedelta(months=months) if months else False

    def action_reviewed(self):
        """Note that the entries are as they should be, and plan the next review."""
        today = fields.Date.context_today(self)
        for processing in self:
            processing.review_date = processing._next_review(today)
            processing._message_log(body=self.env._("Reviewed: nothing is missing or wrong."))
        self._drop_reviews(feedback=self.env._("Reviewed"))

    def _drop_reviews(self, feedback=None):
        """End the activities of the review."""
        kinds = ["crm_lifecycle.mail_activity_type_privacy_review"]
        if feedback:
            self.activity_feedback(kinds, feedback=feedback)
        else:
            self.activity_unlink(kinds)

    @api.model
    def _cron_remind_reviews(self):
        """Give an activity for each entry whose review comes, once."""
        kind = self.env.ref("crm_lifecycle.mail_activity_type_privacy_review")
        soon = fields.Date.today() + timedelta(days=NOTICE_DAYS)
        due = self.search([("state", "=", "active"), ("review_date", "<=", soon)])
        reminded = due.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        for processing in due.browse(set(due.ids) - set(reminded.mapped("res_id"))):
            company = processing.company_id or self.env.company
            processing.activity_schedule(
                "crm_lifecycle.mail_activity_type_privacy_review",
                date_deadline=processing.review_date,
                user_id=(processing.user_id or company._privacy_officer()).id,
                note=self.env._("Is the entry still right? Press “Reviewed” when it is."),
            )
