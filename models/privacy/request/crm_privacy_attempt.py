from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac


class CrmPrivacyAttempt(models.Model):
    """One use of a public page, to count how often somebody uses it.

    What is kept?
        For a day: the page, and a mark of the visitor's network address or e-mail that only
        this database can make. Nothing that says whose it was.
    Why in the database?
        Several Odoo servers share the count.
    """

    _name = "crm.privacy.attempt"
    _description = "Use of a Public Page"
    _log_access = False
    _rec_name = "scope"

    KEPT_HOURS = 24

    scope = fields.Char(required=True, readonly=True)
    mark = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _mark_date_idx = models.Index("(scope, mark, date)")

    @api.model
    def _allow(self, scope, value, most, hours=1):
        """Count one more use, and tell whether it is within the limit."""
        mark = hmac(self.env(su=True), "crm_privacy_attempt", f"{scope}:{value}")
        now = fields.Datetime.now()
        [(count,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_privacy_attempt (scope, mark, date)
                VALUES (%(scope)s, %(mark)s, %(now)s)
                RETURNING (SELECT count(*) FROM crm_privacy_attempt
                            WHERE scope = %(scope)s AND mark = %(mark)s AND date > %(since)s)
                """,
                scope=scope,
                mark=mark,
                now=now,
                since=now - timedelta(hours=hours),
            )
        )
        return count < most

    @api.autovacuum
    def _gc_attempts(self):
        """Forget the uses of the day before."""
        limit = fields.Datetime.now() - timedelta(hours=self.KEPT_HOURS)
        self.search([("date", "<", limit)]).unlink()
