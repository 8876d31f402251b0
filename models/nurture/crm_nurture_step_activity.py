from odoo import fields, models
from odoo.exceptions import UserError


class CrmNurtureStep(models.Model):
    """Activities, and plans of several, for many people at once.

    Who gets them?
        Whom the step or the plan names; else who is in charge of the person; else the owner.
        Nobody gets an e-mail for each of them: they are in the list of what is to do.
    What if a plan finds nobody?
        Then the step fails for this person, with the words of the plan.
    """

    _inherit = "crm.nurture.step"

    def _do_activity(self, enrollments):
        today = self._today()
        deadline = fields.Date.add(today, days=self.activity_days)
        self._create_activities(
            {
                "res_id": record.id,
                "res_name": record.display_name,
                "activity_type_id": self.activity_type_id.id,
                "summary": self.activity_summary,
                "date_deadline": deadline,
                "user_id": self._person_in_charge(record, self.activity_user_id).id,
            }
            for record in enrollments._records()
        )
        return self._all(enrollments)

    def _do_plan(self, enrollments):
        records = enrollments._records()
        today = self._today()
        self._create_activities(
            {
                "res_id": record.id,
                "res_name": record.display_name,
                "activity_type_id": template.activity_type_id.id,
                "summary": template.summary,
                "note": template.note,
                "automated": False,
                "date_deadline": template._get_date_deadline(today),
                "user_id": self._responsible(template, record).id,
            }
            for template in self.activity_plan_id.template_ids
            for record in records
        )
        words = self.env._("The plan “%s” was started.", self.activity_plan_id.name)
        records._message_log_batch(bodies=dict.fromkeys(records.ids, words))
        return self._all(enrollments)

    def _responsible(self, template, record):
        """Give who gets an activity of a plan.

        :raise UserError: the plan finds nobody for this record
        """
        found = template._determine_responsible(self._person_in_charge(record), record)
        if found["error"]:
            raise UserError(found["error"])
        return found["responsible"]

    def _create_activities(self, values):
        """Create activities for the people of the sequence, all at once."""
        model = self.sequence_id.model
        common = {
            "res_model_id": self.env["ir.model"]._get_id(model),
            # known already, as is the name: Odoo need not find them out for each
            "res_model": model,
        }
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities.create([common | vals for vals in values])

    def _person_in_charge(self, record, chosen=None):
        """Give who is chosen, else in charge, else the owner; nobody who is not there any more."""
        owner = self.sequence_id.user_id
        people = (chosen or owner.browse()) | record.user_id | owner
        return next((user for user in people if user.active), owner)

    def _today(self):
        """Give the day that it is for the owner."""
        zone = self.sequence_id.user_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))
