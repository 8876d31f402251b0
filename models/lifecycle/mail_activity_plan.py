import logging

from odoo import models

_logger = logging.getLogger(__name__)


class MailActivityPlan(models.Model):
    """Activity plans can be started by the lifecycle, without a person at the screen."""

    _inherit = "mail.activity.plan"

    def _lifecycle_start(self, records):
        """Start the plan on records; a plan that cannot start never stops the move.

        The reason is then noted on the record, where the people in charge see it.
        """
        for record in records.sudo():
            wizard = (
                self.env["mail.activity.schedule"]
                .sudo()
                .create(
                    {
                        "res_model": record._name,
                        "res_ids": str(record.ids),
                        "plan_id": self.id,
                        "plan_on_demand_user_id": (record.user_id or self.env.user).id,
                    }
                )
            )
            if wizard.has_error:
                record._message_log(body=wizard.error)
                continue
            wizard.action_schedule_plan()
