from odoo import api, fields, models
from odoo.tools import format_duration


class CrmNurtureStep(models.Model):
    """How a step is shown: what it does, in words.

    What is its title?
        Its name; without one what it does.
    What is its summary?
        What it does, short enough for a card.
    """

    _inherit = "crm.nurture.step"

    version_state = fields.Selection(related="version_id.state")
    summary = fields.Char(compute="_compute_summary")

    @api.model_create_multi
    def create(self, vals_list):
        """Add a step that names its sequence only, as data records do, to the draft of it."""
        sequences = self.env["crm.nurture.sequence"]
        return super().create(
            [
                vals
                if vals.get("version_id") or not vals.get("sequence_id")
                else {
                    **vals,
                    "version_id": sequences.browse(vals["sequence_id"])._need_draft().id,
                }
                for vals in vals_list
            ]
        )

    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for step in self:
            step.display_name = step.name or kinds.get(step.kind) or ""

    def _compute_summary(self):
        for step in self:
            describe = getattr(step, f"_describe_{step.kind}", None)
            step.summary = (describe and describe()) or ""

    def _describe_wait(self):
        if self.wait_mode == "date":
            return self._describe_wait_date()
        if self.wait_mode == "weekday":
            days = dict(self._fields["wait_weekday"]._description_selection(self.env))
            hour = format_duration(self.wait_hour)
            return self.env._("%(day)s at %(hour)s", day=days[self.wait_weekday], hour=hour)
        number = self.wait_number
        one, several = {
            "minutes": (self.env._("1 minute"), self.env._("%s minutes", number)),
            "hours": (self.env._("1 hour"), self.env._("%s hours", number)),
            "days": (self.env._("1 day"), self.env._("%s days", number)),
            "weeks": (self.env._("1 week"), self.env._("%s weeks", number)),
            "months": (self.env._("1 month"), self.env._("%s months", number)),
        }[self.wait_unit or "days"]
        return one if number == 1 else several

    def _describe_wait_date(self):
        field = self.env[self.model]._fields.get(self.wait_field or "")
        label = field._description_string(self.env) if field else self.wait_field
        days = abs(self.wait_days)
        if not days:
            return self.env._("On the day: %(date)s", date=label)
        if self.wait_days < 0:
            return (
                self.env._("1 day before: %(date)s", date=label)
                if days == 1
                else self.env._("%(days)s days before: %(date)s", days=days, date=label)
            )
        if days == 1:
            return self.env._("1 day after: %(date)s", date=label)
        return self.env._("%(days)s days after: %(date)s", days=days, date=label)

    def _describe_condition(self):
        checks = dict(self._fields["check"]._description_selection(self.env))
        about = self.link_url or self.message_step_id.display_name
        return f"{checks.get(self.check)} ({about})" if about else checks.get(self.check)

    def _describe_plan(self):
        return self.activity_plan_id.name

    def _describe_tag(self):
        return ", ".join((self.tag_ids or self.category_ids).mapped("name"))

    def _describe_email(self):
        return self.subject

    def _describe_sms(self):
        return self.sms_body

    def _describe_activity(self):
        parts = (self.activity_type_id.name, self.activity_summary)
        return ": ".join(part for part in parts if part)

    def _describe_stage(self):
        return self.stage_id.name

    def _describe_assign(self):
        return self.user_id.name

    def _describe_action(self):
        return self.sudo().action_id.name

    def _describe_sequence(self):
        return self.next_sequence_id.name

    @api.model
    def _starting_values(self, kind):
        """Give what a new step of a kind begins with."""
        if kind == "activity":
            todo = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
            types = self.env["mail.activity.type"]
            return {"activity_type_id": (todo or types.search([], limit=1)).id}
        if kind == "wait":
            return {"wait_number": 3, "wait_unit": "days"}
        return {}

    def _point_to(self, copies):
        """Let a copied step point to the copies of the steps that it points to."""
        for name in self.version_id._next_keys():
            if self[name] in copies:
                self[name] = copies[self[name]]
