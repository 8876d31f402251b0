from odoo import models

#: What may be done again on the new version: it reaches nobody.
HARMLESS = ("wait", "condition", "exit")


class CrmNurtureEnrollment(models.Model):
    """Who was led to another version does not get again what the version before did.

    How is it known?
        By the key of the step, which all versions share. Who has it behind goes on without it.
    """

    _inherit = "crm.nurture.enrollment"

    def _note_deliveries(self, step):
        """Note the step as done; give those for whom it was not, in any version."""
        if step.version_id.number == 1 or step.kind in HARMLESS:
            return super()._note_deliveries(step)
        rounds = {enrollment.id: enrollment.round for enrollment in self}
        earlier = self.env["crm.nurture.delivery"]._read_group(
            [
                ("enrollment_id", "in", self.ids),
                ("step_id.key", "=", step.key),
                ("step_id.sequence_id", "=", step.sequence_id.id),
                ("step_id", "!=", step.id),
            ],
            ["enrollment_id", "round"],
        )
        behind = {one.id for one, number in earlier if rounds[one.id] == number}
        ahead = self.filtered(lambda one: one.id not in behind)
        return super(CrmNurtureEnrollment, ahead)._note_deliveries(step) if ahead else ahead
