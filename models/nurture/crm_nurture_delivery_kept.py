from odoo import api, fields, models
from odoo.tools import SQL


class CrmNurtureDelivery(models.Model):
    """What is kept of a message whose trace is deleted.

    Who deletes traces?
        The retention of the privacy concept, or somebody by hand.
    What becomes of the figures then?
        Nothing: what is known at that moment is written to the delivery, in place of the trace.
        The same for the clicks, by which a program is told from a human.
    """

    _inherit = "crm.nurture.delivery"

    outcome = fields.Selection(
        selection_add=[
            ("sent", "Sent"),
            ("delivered", "Delivered"),
            ("opened", "Opened"),
            ("clicked", "Clicked"),
            ("replied", "Replied"),
            ("bounced", "Bounced"),
        ],
        ondelete={
            "sent": "cascade",
            "delivered": "cascade",
            "opened": "cascade",
            "clicked": "cascade",
            "replied": "cascade",
            "bounced": "cascade",
        },
    )
    kept_rule = fields.Char(readonly=True, export_string_translation=False)
    kept_variant = fields.Char(readonly=True, export_string_translation=False)

    @api.model
    def _rule_sql(self):
        return SQL("COALESCE(%s, d.kept_rule)", super()._rule_sql())

    @api.model
    def _variant_sql(self):
        """Give which version of the message it was; needs the step `s`, beside the joins."""
        return SQL(
            "CASE WHEN t.id IS NULL THEN d.kept_variant"
            " WHEN s.mailing_b_id IS NULL THEN NULL"
            " WHEN t.mass_mailing_id = s.mailing_b_id THEN 'b' ELSE 'a' END"
        )

    @api.model
    def _keep_results(self, traces):
        """Write what these traces tell, before they are deleted or know less."""
        if not traces:
            return
        self.env.flush_all()
        ids = SQL(
            "SELECT d.id FROM crm_nurture_delivery d WHERE d.trace_id = ANY(%s)", list(traces.ids)
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_nurture_delivery k
                   SET outcome = r.outcome, kept_rule = r.rule, kept_variant = r.variant
                  FROM (SELECT d.id, %(outcome)s AS outcome, %(rule)s AS rule,
                               %(variant)s AS variant
                          FROM %(joins)s JOIN crm_nurture_step s ON s.id = d.step_id
                         WHERE d.id IN (%(ids)s)) r
                 WHERE k.id = r.id
                """,
                outcome=self._outcome_sql(),
                rule=self._rule_sql(),
                variant=self._variant_sql(),
                joins=self._outcome_joins_sql(ids),
                ids=ids,
            )
        )
        self.invalidate_model()
