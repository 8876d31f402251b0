from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .mailing_trace import brin


class MailMessage(models.Model):
    """Messages are harvested by when they were written, those of mailings by their traces.

    When is a message no touchpoint of its own?
        When it answered a mailing: then the trace says so. And when it opened a lead: then the
        lead is the request. What a person did once is counted once.
    """

    _inherit = "mail.message"

    is_of_mailing = fields.Boolean(
        "Sent by a Mailing", compute="_compute_is_of_mailing", search="_search_is_of_mailing"
    )
    is_counted_already = fields.Boolean(
        "Counted as a Reply or Request",
        compute="_compute_is_counted_already",
        search="_search_is_counted_already",
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

    def _compute_is_counted_already(self):
        domain = [("id", "in", self.ids), ("is_counted_already", "=", True)]
        found = self.sudo().search(domain)
        for message in self:
            message.is_counted_already = message in found

    def _search_is_counted_already(self, operator, value):
        if operator != "in":
            return NotImplemented
        counted = Domain.custom(to_sql=_is_counted)
        return Domain.OR(counted if wanted else ~counted for wanted in value)


def _is_counted(model, alias, _query):
    return SQL("(%s OR %s)", _is_reply(alias), _is_request(model, alias))


def _is_reply(alias):
    """Tell whether a message came in with the reply to a mailing, from the same person.

    The mail gateway writes both in one transaction: the message has the moment of its beginning,
    the trace a moment of its course, without fractions of a second.
    """
    return SQL(
        """
        EXISTS (SELECT FROM crm_touchpoint reply
                 WHERE reply.event = 'replied'
                   AND reply.date BETWEEN %(written)s - INTERVAL '1 second'
                                      AND %(written)s + INTERVAL '5 minutes'
                   AND (reply.partner_id = %(author)s
                        OR (%(model)s = 'res.partner' AND reply.partner_id = %(record)s)
                        OR (%(model)s = 'crm.lead' AND reply.lead_id = %(record)s)))
        """,
        written=SQL.identifier(alias, "create_date"),
        author=SQL.identifier(alias, "author_id"),
        model=SQL.identifier(alias, "model"),
        record=SQL.identifier(alias, "res_id"),
    )


def _is_request(model, alias):
    """Tell whether the mail gateway made a lead of a message."""
    return SQL(
        """
        (%(model)s = 'crm.lead' AND %(type)s = 'email' AND EXISTS (
            SELECT FROM crm_lead request
             WHERE request.id = %(record)s AND request.create_date = %(written)s
               AND request.create_uid = %(gateway)s))
        """,
        model=SQL.identifier(alias, "model"),
        type=SQL.identifier(alias, "message_type"),
        record=SQL.identifier(alias, "res_id"),
        written=SQL.identifier(alias, "create_date"),
        gateway=model.env.ref("base.user_root").id,
    )


def _has_trace(_model, alias, _query):
    """Tell whether a message is that of a mailing, by the traces of its record."""
    return SQL(
        "EXISTS (SELECT FROM mailing_trace t WHERE t.res_id = %s AND t.model = %s"
        " AND t.message_id = %s)",
        SQL.identifier(alias, "res_id"),
        SQL.identifier(alias, "model"),
        SQL.identifier(alias, "message_id"),
    )
