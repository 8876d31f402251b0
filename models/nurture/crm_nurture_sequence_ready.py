from odoo import fields, models
from odoo.exceptions import UserError


class CrmNurtureSequence(models.Model):
    """Ready sequences: to be taken over, in the language of whoever takes them.

    What is a ready sequence?
        A sequence that leads nobody itself. `action_use` makes one's own copy of it, with the
        texts in one's own language; a company may add ready ones of its own.
    Where are its texts?
        In e-mail templates, which are translated; a message itself has one language.
    """

    _inherit = "crm.nurture.sequence"

    is_ready = fields.Boolean("Ready to Use", copy=False)

    def _compute_can_edit(self):
        result = super()._compute_can_edit()
        self.filtered("is_ready").can_edit = False
        return result

    def action_use(self):
        """Make one's own copy, and open it."""
        self.ensure_one()
        own = self.copy({"name": self.name, "company_id": self.env.company.id, "shared": True})
        return {
            "type": "ir.actions.act_window",
            "name": own.name,
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }

    def copy(self, default=None):
        """Write the messages of a ready sequence in the language of the user."""
        copies = super().copy(default)
        for sequence, copied in zip(self, copies, strict=True):
            if sequence.is_ready:
                copied.draft_id.step_ids._take_texts()
        return copies

    def action_publish(self):
        """Publish no ready sequence: its texts are those of the templates."""
        if any(self.mapped("is_ready")):
            raise UserError(
                self.env._("A ready sequence leads nobody: use it, and publish your own copy.")
            )
        return super().action_publish()
