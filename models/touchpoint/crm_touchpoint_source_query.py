from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL

from .crm_touchpoint_source_path import address_sql

COLUMNS = SQL(
    "partner_id, lead_id, company_id, date, channel_id, event, direction, is_bot, source_id,"
    " res_model, res_id, campaign_id, medium_id"
)


class CrmTouchpointSource(models.Model):
    """The one statement that harvests a source.

    Odoo compiles the filter, as for a search; the paths are joined to it. Records that gave a
    row already are left out before anything else is looked up: so the unique index has nothing to
    refuse, except what another harvest is adding at the same moment; then this one comes again.
    """

    _inherit = "crm.touchpoint.source"

    def _insert_query(self, condition):
        """Give the statement that adds the new rows of the source.

        :param condition: what to read of the records, see `_new_condition`; None: everything
        """
        model = self._source_model()
        return SQL(
            """
            INSERT INTO crm_touchpoint (%(columns)s)
            WITH %(steps)s
            SELECT partner_id, lead_id, company_id, date, %(channel)s, %(event)s, %(direction)s,
                   FALSE, %(source)s, %(model)s, res_id, campaign_id, medium_id
              FROM found
            """,
            columns=COLUMNS,
            steps=self._steps(self._rows(model, condition)),
            channel=self.channel_id.id,
            event=self.event,
            direction=self.direction,
            source=self.id,
            model=self.model,
        )

    def _source_model(self):
        """Give the model, read as nobody in particular, so that all read the same.

        Neither the language nor the companies of who asks count; archived records do.
        """
        return self.env(user=SUPERUSER_ID, context={"active_test": False})[self.model]

    def _rows(self, model, condition):
        """Give the records of the source as SQL: what they are, and where their paths lead."""
        query = model._search(self._harvest_domain())
        date = self._kind_sql("date_field", query, model, "LEAST")
        record_id = SQL.identifier(model._table, "id")
        columns = {
            "res_id": record_id,
            "date": date,
            "partner_id": self._kind_sql("partner_path", query, model, "COALESCE"),
            "lead_id": self._kind_sql("lead_path", query, model, "COALESCE"),
            "company_id": self._kind_sql("company_path", query, model, "COALESCE"),
            "campaign_id": self._kind_sql("campaign_path", query, model, "COALESCE"),
            "medium_id": self._kind_sql("medium_path", query, model, "COALESCE"),
        }
        if self.email_path:
            columns["email"] = self._kind_sql("email_path", query, model, "COALESCE")
        now = max(fields.Datetime.now(), self.env.cr.now())
        query.add_where(SQL("%s <= %s", date, now))
        query.add_where(
            SQL(
                "NOT EXISTS (SELECT FROM crm_touchpoint known"
                " WHERE known.source_id = %s AND known.res_id = %s)",
                self.id,
                record_id,
            )
        )
        if condition:
            query.add_where(condition(self, model, query, date))
        return query.select(
            *(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in columns.items())
        )

    def _steps(self, rows):
        """Give the CTEs that end in `found`: the rows with people who exist."""
        if not self.email_path:
            return SQL("found AS (%s WHERE l.id IS NOT NULL OR p.id IS NOT NULL)", _people(rows))
        return SQL(
            """
            known AS MATERIALIZED (%(people)s),
            stray AS MATERIALIZED (
                SELECT res_id, date, campaign_id, medium_id, company_id, %(address)s AS email
                  FROM known WHERE partner_id IS NULL AND lead_id IS NULL AND email LIKE '%%@%%'
            ),
            address AS (SELECT DISTINCT email, company_id FROM stray),
            contact AS (%(contacts)s),
            lead AS (%(leads)s),
            found AS (
                SELECT res_id, date, campaign_id, medium_id, partner_id, lead_id, company_id
                  FROM known WHERE partner_id IS NOT NULL OR lead_id IS NOT NULL
                 UNION ALL
                SELECT s.res_id, s.date, s.campaign_id, s.medium_id,
                       COALESCE(contact.id, lead.partner_id), lead.id,
                       COALESCE(s.company_id, contact.company_id, lead.company_id)
                  FROM stray s
                  LEFT JOIN contact ON contact.email = s.email
                        AND contact.given_id IS NOT DISTINCT FROM s.company_id
                  LEFT JOIN lead ON lead.email = s.email
                        AND lead.given_id IS NOT DISTINCT FROM s.company_id
                 WHERE contact.id IS NOT NULL OR lead.id IS NOT NULL
            )
            """,
            people=_people(rows, SQL(", r.email")),
            address=address_sql(SQL("email")),
            contacts=_of_address(
                "res_partner",
                SQL("p.id"),
                SQL("p.active DESC, COALESCE(p.is_company, FALSE), p.id"),
            ),
            leads=_of_address("crm_lead", SQL("p.partner_id"), SQL("p.active DESC, p.id DESC")),
        )


def _people(rows, more=None):
    """Look up whom the paths lead to; the contact of a lead is the contact of its rows."""
    return SQL(
        """
        SELECT r.res_id, date_trunc('second', r.date) AS date, r.campaign_id, r.medium_id,
               p.id AS partner_id, l.id AS lead_id,
               COALESCE(r.company_id, l.company_id, p.company_id) AS company_id %(more)s
          FROM (%(rows)s) r
          LEFT JOIN crm_lead l ON l.id = r.lead_id
          LEFT JOIN res_partner p ON p.id = COALESCE(r.partner_id, l.partner_id)
        """,
        rows=rows,
        more=more or SQL(),
    )


def _of_address(table, partner, order):
    """Choose one record for each address, of the company of the row or of none."""
    return SQL(
        """
        SELECT DISTINCT ON (a.email, a.company_id)
               a.email, a.company_id AS given_id, p.id, %(partner)s AS partner_id, p.company_id
          FROM address a
          JOIN %(table)s p ON p.email_normalized = a.email
               AND (a.company_id IS NULL OR p.company_id IS NULL OR p.company_id = a.company_id)
         ORDER BY a.email, a.company_id, %(order)s
        """,
        table=SQL.identifier(table),
        partner=partner,
        order=order,
    )
