from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .mailing_trace import brin


class MailMessage(models.Model):
    """Messages are harvested by when they were written, those of mailings by their traces."""

    _inherit = "mail.message"

    is_of_mailing = fields.Boolean(
        "Sent by a Mailing", compute="_compute_is_of_mailing", search="_search_is_of_mailing"
    )

    _written_idx = brin("write_date")

    def _compute_is_of_mailing(self):
        found = self.sudo().search([("id", "in", self.ids), ("is_of_mailing", "=", True)])
        for message in self:
            message.is_of_mailing = message in found

    def _search_is_of_mailing(self, operator, value):
        if operator != "in":
            return NotImplemented
        of_mailing = Domain.custom(to_sql=_has_trace)
        return Domain.OR(of_mailing if wanted else ~of_mailing for wanted in value)


def _has_trace(_model, alias, _query):
    """Tell whether a message is that of a mailing, by the traces of its record."""
    return SQL(
        "EXISTS (SELECT FROM mailing_trace t WHERE t.res_id = %s AND t.model = %s"
        " AND t.message_id = %s)",
        SQL.identifier(alias, "res_id"),
        SQL.identifier(alias, "model"),
        SQL.identifier(alias, "message_id"),
    )
