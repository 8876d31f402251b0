from odoo import models
from odoo.exceptions import UserError


class MailActivityPlan(models.Model):
    """Activity plans can be started by the lifecycle, without a person at the screen."""

    _inherit = "mail.activity.plan"

    def _lifecycle_start(self, records, person):
        """Start the plan on records; a plan that cannot start never stops the move.

        The reason is then noted on the record, where the people in charge see it.

        :param person: the user who gets what the plan leaves open, on records that nobody is
            in charge of; may be empty
        """
        allowed = records.sudo().filtered(
            lambda record: (
                not self.company_id
                or record.company_id in (self.company_id, self.company_id.browse())
            )
        )
        batches = allowed.grouped(
            lambda record: (self._lifecycle_assignee(record, person), record.company_id)
        )
        for (user, _company), batch in batches.items():
            self._lifecycle_try(batch, user)

    def _lifecycle_try(self, records, user):
        """Schedule the activities, or note on the records why that is not possible."""
        try:
            with self.env.cr.savepoint():
                self._lifecycle_schedule(records, user)
        except UserError as error:
            records._message_log_batch(bodies=dict.fromkeys(records.ids, error.args[0]))

    def _lifecycle_assignee(self, record, person):
        """Give the user who gets the activities that the plan assigns on demand."""
        leader = record.team_id.user_id
        somebody = self.env.user.active and self.env.user._is_internal()
        clicker = self.env.user if somebody else person
        return record.user_id or person or leader or clicker

    def _lifecycle_schedule(self, records, user):
        """Schedule the activities of the plan.

        :raise UserError: the plan cannot be started on these records
        """
        if not user:
            raise UserError(
                self.env._("The plan “%(plan)s” has nobody to be assigned to.", plan=self.name)
            )
        wizard = (
            self.env["mail.activity.schedule"]
            .sudo()
            .create(
                {
                    "res_model": records._name,
                    "res_ids": str(records.ids),
                    "plan_id": self.id,
                    "plan_on_demand_user_id": user.id,
                }
            )
        )
        if wizard.has_error:
            raise UserError(wizard.error)
        wizard.action_schedule_plan()
