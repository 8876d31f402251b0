from odoo import fields, models
from odoo.tools import SQL

#: So many people a figure may have: their rows are numbered from its own number on.
ROOM = 1 << 24


class CrmNurtureDryRunPerson(models.Model):
    """What a dry run foresees of each person: one row for each time something happens.

    Who sees it?
        Who ran it, and of the people only those of the companies at work.
    """

    _name = "crm.nurture.dry.run.person"
    _description = "Person in a Dry Run"
    _auto = False
    _order = "day, id"
    _rec_name = "step_id"

    dry_run_id = fields.Many2one("crm.nurture.dry.run", readonly=True)
    owner_id = fields.Many2one("res.users", "Run by", readonly=True)
    step_id = fields.Many2one("crm.nurture.step", readonly=True)
    day = fields.Date(readonly=True)
    outcome = fields.Selection(
        lambda self: self.env["crm.nurture.dry.run"]._selection_outcome(),
        "What Happens",
        readonly=True,
    )
    rule = fields.Selection(
        lambda self: self.env["crm.nurture.dry.run"]._selection_rule(), "Why", readonly=True
    )
    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    nbr = fields.Integer("People", readonly=True)

    _depends = {
        "crm.nurture.dry.run": ["sequence_id"],
        "crm.nurture.dry.run.line": ["dry_run_id", "step_id", "day", "outcome", "rule", "people"],
        "crm.nurture.sequence": ["model"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id::bigint * %s + who.number AS id, line.dry_run_id,
                   line.create_uid AS owner_id, line.step_id, line.day, line.outcome, line.rule,
                   CASE WHEN q.model = 'crm.lead' THEN l.id END AS lead_id,
                   CASE WHEN q.model = 'res.partner' THEN p.id END AS partner_id,
                   1 AS nbr
              FROM crm_nurture_dry_run_line line
              JOIN crm_nurture_dry_run run ON run.id = line.dry_run_id
              JOIN crm_nurture_sequence q ON q.id = run.sequence_id
             CROSS JOIN LATERAL unnest(string_to_array(line.people, ',')::int[])
                   WITH ORDINALITY AS who (id, number)
              LEFT JOIN crm_lead l ON q.model = 'crm.lead' AND l.id = who.id
              LEFT JOIN res_partner p ON q.model = 'res.partner' AND p.id = who.id
             WHERE COALESCE(l.id, p.id) IS NOT NULL
            """,
            ROOM,
        )

    def action_open_record(self):
        """Open the lead or the contact."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
