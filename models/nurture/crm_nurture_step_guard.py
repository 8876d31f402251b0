from odoo import api, models


class CrmNurtureStep(models.Model):
    """Nobody reads, or does, with the rights of the owner what the owner did not write.

    Who writes a filter into a step, or has it run a server action, becomes the owner of the
    sequence, as with the filters of the sequence itself.
    """

    _inherit = "crm.nurture.step"

    @api.model_create_multi
    def create(self, vals_list):
        """Make who adds such a step the owner."""
        steps = super().create(vals_list)
        steps._take_over()
        return steps

    def write(self, vals):
        """Make who changes such a step the owner; let no step slip into a published version."""
        result = super().write(vals)
        if "version_id" in vals:
            self._check_draft()
        if not {"domain", "action_id", "kind", "version_id"}.isdisjoint(vals):
            self._take_over()
        return result

    def _load_records_write(self, values):
        """Let an update of an addon pass whose data say what a published step says already."""
        if self.version_id.state != "draft":
            values = {name: value for name, value in values.items() if self._differs(name, value)}
            if not values:
                return None
        return super()._load_records_write(values)

    def _differs(self, name, value):
        field = self._fields[name]
        told = field.convert_to_record(field.convert_to_cache(value, self), self)
        return told != self[name]

    def _take_over(self):
        """Become the owner of the sequences in which these do what no step of them did before."""
        if self.env.su:
            return
        for sequence, steps in self.grouped("sequence_id").items():
            others = sequence.sudo().version_ids.step_ids - steps.sudo()
            known = {one._power() for one in others} | {None}
            if sequence.user_id != self.env.user and any(
                one._power() not in known for one in steps.sudo()
            ):
                sequence.user_id = self.env.user

    def _power(self):
        """Give what a step asks, or does, with the rights of the owner; None for most."""
        if self.kind == "condition" and self.check == "domain":
            return "domain", (self.domain or "[]").strip()
        return ("action", self.action_id.id) if self.kind == "action" else None
