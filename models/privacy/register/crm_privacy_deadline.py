from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("breach", "Breach: 72 hours"),
    ("request", "Request of a person"),
    ("retention", "Data kept too long"),
    ("review", "Review of the register"),
    ("consent", "Consents that expire"),
]
#: A date is near within so many days.
NEAR = {"breach": 1, "request": 10, "retention": 0, "review": 30, "consent": 30}


class CrmPrivacyDeadline(models.Model):
    """Everything with a date that the officer has to keep, in one list.

    Where does it come from?
        From the registers themselves, each time it is read: nothing is copied.
    What does a row lead to?
        To its record; a retention rule with persons who are due is one row with their number.
    """

    _name = "crm.privacy.deadline"
    _description = "Deadline about Personal Data"
    _auto = False
    _order = "date, id"

    name = fields.Char(readonly=True)
    kind = fields.Selection(KINDS, readonly=True, group_expand=True)
    date = fields.Datetime("Until", readonly=True)
    urgency = fields.Selection(
        [("late", "Late"), ("near", "Soon"), ("later", "Later")], readonly=True
    )
    count = fields.Integer("Number", readonly=True)
    user_id = fields.Many2one("res.users", "In Charge", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    _depends = {
        "crm.privacy.breach": ["state", "role", "risk", "authority_notified_at", "deadline"],
        "crm.privacy.retention": ["due_count", "active"],
        "crm.privacy.processing": ["state", "review_date", "active"],
        "crm.privacy.request": ["state", "deadline"],
        "crm.privacy.consent": ["event", "date", "purpose_id"],
        "crm.privacy.purpose": ["validity_months", "active"],
    }

    @property
    def _table_query(self):
        sources = SQL(" UNION ALL ").join(SQL("(%s)", query) for query in self._sources())
        near = SQL(", ").join(
            SQL("(%s, %s, %s)", kind, days, rank) for rank, (kind, days) in enumerate(NEAR.items())
        )
        return SQL(
            """
            SELECT s.res_id * 8 + near.rank AS id, s.*,
                   CASE WHEN s.kind = 'retention' THEN 'near'
                        WHEN s.date < %(now)s THEN 'late'
                        WHEN s.date < %(now)s + make_interval(days => near.days) THEN 'near'
                        ELSE 'later' END AS urgency
              FROM (%(sources)s) s JOIN (VALUES %(near)s) near (kind, days, rank)
                ON near.kind = s.kind
            """,
            now=fields.Datetime.now(),
            sources=sources,
            near=near,
        )

    @api.model
    def _sources(self):
        """Give the queries of the registers, all with the same columns."""
        return [
            self._breaches(),
            self._requests(),
            self._retention(),
            self._reviews(),
            self._consents(),
        ]

    @api.model
    def _breaches(self):
        return SQL(
            "SELECT 'breach' AS kind, concat_ws(' ', b.name, b.title) AS name,"
            " b.deadline AS date, 1 AS count, b.user_id, b.company_id,"
            " 'crm.privacy.breach' AS res_model, b.id AS res_id FROM crm_privacy_breach b"
            " WHERE b.state = 'open' AND b.role = 'controller' AND b.risk IS DISTINCT FROM 'none'"
            " AND b.authority_notified_at IS NULL"
        )

    @api.model
    def _requests(self):
        return SQL(
            "SELECT 'request', r.name, r.deadline + INTERVAL '1 day' - INTERVAL '1 second', 1,"
            " r.user_id, r.company_id, 'crm.privacy.request', r.id FROM crm_privacy_request r"
            " WHERE r.state NOT IN ('done', 'refused') AND r.deadline IS NOT NULL"
        )

    @api.model
    def _retention(self):
        lang = self.env.lang or "en_US"
        return SQL(
            "SELECT 'retention', COALESCE(t.name->>%s, t.name->>'en_US'),"
            " t.refreshed_at, t.due_count, NULL::int, t.company_id,"
            " 'crm.privacy.retention', t.id FROM crm_privacy_retention t"
            " WHERE t.active AND t.due_count > 0",
            lang,
        )

    @api.model
    def _reviews(self):
        lang = self.env.lang or "en_US"
        return SQL(
            "SELECT 'review', COALESCE(p.name->>%s, p.name->>'en_US'),"
            " p.review_date + INTERVAL '1 day' - INTERVAL '1 second', 1, p.user_id, p.company_id,"
            " 'crm.privacy.processing', p.id FROM crm_privacy_processing p"
            " WHERE p.active AND p.state = 'active' AND p.review_date IS NOT NULL",
            lang,
        )

    @api.model
    def _expiring(self):
        """Give the SQL of the consents that are still the last word, and expire soon."""
        now = fields.Datetime.now()
        expires = SQL("c.date + make_interval(months => p.validity_months)")
        return SQL(
            """
            SELECT c.id, c.purpose_id, c.company_id, %(expires)s AS expires
              FROM crm_privacy_consent c JOIN crm_privacy_purpose p ON p.id = c.purpose_id
             WHERE p.active AND p.validity_months > 0 AND c.event IN ('granted', 'confirmed')
               AND %(expires)s BETWEEN %(now)s AND %(soon)s
               AND NOT EXISTS (
                   SELECT FROM crm_privacy_consent later
                    WHERE (later.purpose_id = c.purpose_id OR later.purpose_id IS NULL)
                      AND (later.partner_id = c.partner_id
                           OR later.email_normalized = c.email_normalized)
                      AND (later.date, later.id) > (c.date, c.id))
            """,
            expires=expires,
            now=now,
            soon=fields.Datetime.add(now, days=NEAR["consent"]),
        )

    @api.model
    def _consents(self):
        lang = self.env.lang or "en_US"
        return SQL(
            "SELECT 'consent', COALESCE(p.name->>%s, p.name->>'en_US'), min(e.expires),"
            " count(*)::int, NULL::int, p.company_id, 'crm.privacy.purpose', p.id"
            " FROM (%s) e JOIN crm_privacy_purpose p ON p.id = e.purpose_id GROUP BY p.id",
            lang,
            self._expiring(),
        )

    def _open_consents(self):
        """Open the consents of a purpose that expire soon."""
        rows = self.env.execute_query(
            SQL("SELECT e.id FROM (%s) e WHERE e.purpose_id = %s", self._expiring(), self.res_id)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Consents That Expire: %(purpose)s", purpose=self.name),
            "res_model": "crm.privacy.consent",
            "view_mode": "list,form",
            "domain": [("id", "in", [row[0] for row in rows])],
        }

    def action_open_record(self):
        """Open what the date is about; of a retention rule, the persons."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        if self.kind == "retention":
            return record.with_context(privacy_state="due").action_open_records()
        if self.kind == "consent":
            return self._open_consents()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
