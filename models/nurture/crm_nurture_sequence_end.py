from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .crm_nurture_enrollment import INSIDE


class CrmNurtureSequence(models.Model):
    """The end of a sequence: closed, archived or deleted.

    What is the difference?
        Closed: everybody inside leaves, nobody comes in any more, the figures stay. Archived: it
        is paused and out of sight. Deleted: only a draft or a closed one, with all its figures.
    """

    _inherit = "crm.nurture.sequence"

    def write(self, vals):
        """Pause what is archived."""
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self.filtered(lambda one: one.state == "running").action_pause()
        return result

    def action_close(self):
        """End it: everybody inside leaves, nobody comes in any more."""
        self.check_access("write")
        enrollments = self.env["crm.nurture.enrollment"].sudo()
        gone = enrollments._as_left("exited", "closed")
        held_out = SQL("e.state = 'holdout' AND e.left_at IS NULL")
        for sequence in self:
            enrollments._change(sequence, SQL("e.state IN %s", INSIDE), gone)
            enrollments._change(sequence, held_out, SQL("left_at = %s", fields.Datetime.now()))
        self.sudo().state = "closed"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_running(self):
        for sequence in self:
            if sequence.state in ("running", "paused"):
                raise UserError(
                    self.env._(
                        "“%s” leads people: close it before you delete it. A closed sequence"
                        " keeps its figures; deleting it deletes them.",
                        sequence.name,
                    )
                )

    def unlink(self):
        """Delete the people first: they are at steps."""
        self.check_access("unlink")
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._unlink_unless_running()
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_nurture_enrollment WHERE sequence_id = ANY(%s)", list(self.ids))
        )
        self.env["crm.nurture.enrollment"].invalidate_model()
        return super().unlink()
