from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..common import LifecycleCase


class QualificationCase(LifecycleCase):
    """Leads to be qualified, and the reasons of sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bant = cls.env.ref("crm_lifecycle.framework_bant")
        cls.champ = cls.env.ref("crm_lifecycle.framework_champ")
        cls.nurture = cls.env.ref("crm_lifecycle.rejection_not_ready")
        cls.junk = cls.env.ref("crm_lifecycle.rejection_no_target")
        cls.team = cls.env["crm.team"].create({"name": "Bakeries", "user_id": cls.manager.id})

    @classmethod
    def _criterion(cls, name):
        return cls.env.ref(f"crm_lifecycle.criterion_{name}")

    @classmethod
    def _leads(cls, count, **values):
        vals = {"name": "Lead", "type": "lead", **values}
        return cls.env["crm.lead"].create([vals] * count)

    def _answers(self, lead):
        """Give the log of a lead, oldest first, as pairs."""
        rows = lead.qualification_answer_ids.sorted("id")
        return [(row.criterion, row.value) for row in rows]

    def _age(self, table, days, leads):
        """Let the rows of leads be older, as time does."""
        self.env.flush_all()
        date = fields.Datetime.now() - timedelta(days=days)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET date = %s WHERE lead_id IN %s",
                SQL.identifier(table),
                date,
                tuple(leads.ids),
            )
        )
        self.env.invalidate_all()
