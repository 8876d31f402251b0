from odoo import api, models
from odoo.tools import SQL


def brin(column):
    """Declare an index of a few pages that leads to the rows written lately.

    It hardly costs anything: not the size of a row index, and since PostgreSQL 16 an update may
    stay in its page. Before that it may not, so older servers go without.
    """
    return models.Index(
        lambda registry: (
            f"USING brin ({column}) WITH (pages_per_range = 16)"
            if _server_version(registry) >= 160000
            else ""
        )
    )


def _server_version(registry):
    with registry.cursor(readonly=True) as cr:
        return cr.connection.server_version


class MailingTrace(models.Model):
    """Traces are harvested by when they were written, and looked up by whom they went to."""

    _inherit = "mailing.trace"

    _written_idx = brin("write_date")
    _record_idx = models.Index("(res_id)")
    # the others are found by their record
    _address_idx = models.Index("(email) WHERE model <> 'res.partner' AND model <> 'crm.lead'")

    @api.model
    def _repoint(self, model, from_ids, to_id):
        """Give the traces of merged records to the record that stays; Odoo does not."""
        self.flush_model(["model", "res_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE mailing_trace SET res_id = %s WHERE model = %s AND res_id IN %s",
                to_id,
                model,
                tuple(from_ids),
            )
        )
        self.invalidate_model(["res_id"])
