from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPrivacyBreachNote(models.Model):
    """A line of the history of a breach: only ever added.

    What is a complement?
        Information that follows a first notification (art. 33(4)): it is dated, and printed on
        the complementary notification until the authority has it.
    """

    _name = "crm.privacy.breach.note"
    _description = "History of a Breach"
    _order = "date, id"
    _rec_name = "text"

    breach_id = fields.Many2one(
        "crm.privacy.breach", required=True, index=True, ondelete="restrict", readonly=True
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one("res.users", "Noted By", readonly=True, ondelete="set null")
    kind = fields.Selection(
        [
            ("opened", "Opened"),
            ("fact", "New information"),
            ("measure", "Measure"),
            ("risk", "Risk assessed"),
            ("changed", "Corrected"),
            ("authority", "Authority notified"),
            ("complement", "Complement sent to the authority"),
            ("controller", "Controller told"),
            ("persons", "Persons told"),
            ("closed", "Closed"),
            ("reopened", "Opened again"),
        ],
        required=True,
        default="fact",
        readonly=True,
    )
    text = fields.Text(required=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Note who adds a line, and when: nobody can say otherwise."""
        if not self.env.su:
            vals_list = [
                {
                    **vals,
                    "user_id": self.env.uid,
                    "date": fields.Datetime.now(),
                    "kind": vals.get("kind") if vals.get("kind") == "measure" else "fact",
                }
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history is only added to."""
        raise UserError(
            self.env._("The history of a breach cannot be changed. Add another line instead.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of a breach cannot be deleted."))
