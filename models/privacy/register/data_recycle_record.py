from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("due", "Due"),
    ("ask", "To ask"),
    ("asked", "Asked"),
    ("held", "Left out"),
    ("failed", "Failed"),
    ("done", "Done"),
]
HOLDS = [
    ("hold", "Legal hold"),
    ("request", "Request not answered yet"),
    ("opportunity", "Open opportunity"),
    ("order", "Open quotation or order"),
    ("unpaid", "Draft or unpaid invoice"),
    ("invoice", "Invoices that must be kept"),
]
BASES = [
    ("answered", "Last answer"),
    ("bought", "Last purchase"),
    ("collected", "Collection, no answer since"),
]


class DataRecycleRecord(models.Model):
    """Somebody whose data is kept too long by a retention rule: who, since when, and why.

    Who writes these rows?
        The refresh of the rule, with one statement. What was done stays as an archived row with
        the number of the record only, so that it is not done again.
    """

    _inherit = "data_recycle.record"

    retention_id = fields.Many2one(
        "crm.privacy.retention", "Rule", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    retention_state = fields.Selection(STATES, "State", readonly=True)
    last_date = fields.Date("Last Contact", readonly=True)
    basis = fields.Selection(BASES, "What It Was", readonly=True)
    due_date = fields.Date("Due Since", readonly=True)
    hold = fields.Selection(HOLDS, "Left Out Because", readonly=True)
    hold_until = fields.Date("Until", readonly=True)
    has_email = fields.Boolean("Can Be Asked", readonly=True)
    asked_at = fields.Datetime("Asked On", readonly=True)
    problem = fields.Char(readonly=True)

    _once_per_retention = models.UniqueIndex(
        "(retention_id, res_id) WHERE retention_id IS NOT NULL"
    )
    _retention_state_idx = models.Index(
        "(retention_id, retention_state) WHERE retention_id IS NOT NULL"
    )

    def action_validate(self):
        """Do what the rule says; anonymising is done by the eraser."""
        listed = self.filtered("retention_id")
        plain = self - listed
        persons = plain.filtered(lambda row: row.recycle_model_id.recycle_action == "anonymise")
        for model, rows in persons.grouped("res_model_name").items():
            rows._anonymise(self.env[model].sudo().browse(rows.mapped("res_id")).exists())
        persons.unlink()
        if listed:
            listed._do_now()
        return super(DataRecycleRecord, plain - persons).action_validate()

    def action_discard(self):
        """Keep persons of a retention rule by a legal hold only, which has a reason."""
        if self.filtered("retention_id"):
            raise UserError(
                self.env._("To keep somebody's data longer, add a legal hold with its reason.")
            )
        return super().action_discard()

    def _do_now(self):
        """Do what the rules say with the chosen persons, whatever their mode."""
        self.check_access("read")
        self.env["crm.privacy.retention"].check_access("write")
        held = self.filtered(lambda row: row.retention_state not in ("due", "ask", "failed"))
        if held:
            raise UserError(
                self.env._(
                    "%(count)s of these persons are left out or were asked just now: see the"
                    " reason in the list, and choose the others.",
                    count=len(held),
                )
            )
        for rule, rows in self.sudo().grouped("retention_id").items():
            run = rule._start_run(self.env.user)
            run._do(rows)
            run._end()

    def _anonymise(self, records, origin=None):
        """Erase persons, as the concept of erasure does it.

        :param str origin: the rule that decided it, for the register
        :return: the requests that do it, some in the background
        """
        partners = records if records._name == "res.partner" else self.env["res.partner"]
        leads = records if records._name == "crm.lead" else self.env["crm.lead"]
        origin = origin or self.recycle_model_id[:1].name
        return self.env["crm.privacy.erasure"].sudo()._erase(partners, leads, origin)

    @api.model
    def _open_states(self):
        """Give the states of rows that the refresh writes again."""
        return ("due", "ask", "asked", "held", "failed")

    def action_open_record(self):
        """Open the person, for those who may read it."""
        self.ensure_one()
        record = self.env[self.res_model_name].browse(self.res_id)
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    def action_hold(self):
        """Add a legal hold for the person."""
        self.ensure_one()
        field = "partner_id" if self.res_model_name == "res.partner" else "lead_id"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Legal Hold"),
            "res_model": "crm.privacy.hold",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{field}": self.res_id},
        }

    def _keep_number(self):
        """Keep of persons who were handled the number of the record, and nothing else."""
        self.write(
            {
                "active": False,
                "retention_state": "done",
                "last_date": False,
                "basis": False,
                "due_date": False,
                "hold": False,
                "hold_until": False,
                "asked_at": False,
                "problem": False,
            }
        )
