from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: How many forms may be sent in an hour: from one network address, and for one mail address.
LIMITS = {"ip": 60, "address": 5, "link": 30}


class CrmPrivacyAttempt(models.Model):
    """A form that was sent to a public page: they are counted, so that nobody floods us.

    What is kept?
        A keyed hash of the network or mail address for a day: nobody can be found by it.
    Why rows and not a counter?
        Several servers count at the same time. Rows are only added, so that they never wait
        for one another; and no more than the limit allows, so that the table stays small.
    """

    _name = "crm.privacy.attempt"
    _description = "Form Sent to a Public Page"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, index=True)

    _key_date_idx = models.Index("(key, date)")

    @api.model
    def _allow(self, kind, value):
        """Count one form, and tell whether it is within the limit of the hour.

        :param str kind: one of `LIMITS`
        """
        key = hmac(self.env(su=True), f"crm_lifecycle.privacy.attempt.{kind}", value or "")
        now = fields.Datetime.now()
        before = fields.Datetime.subtract(now, hours=1)
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO crm_privacy_attempt (key, date) SELECT %(key)s, %(now)s WHERE"
                " (SELECT count(*) FROM (SELECT FROM crm_privacy_attempt WHERE key = %(key)s"
                "   AND date > %(before)s LIMIT %(limit)s) last) < %(limit)s RETURNING id",
                key=key,
                now=now,
                before=before,
                limit=LIMITS[kind],
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_old(self):
        """Forget them after a day."""
        old = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.env.cr.execute(SQL("DELETE FROM crm_privacy_attempt WHERE date < %s", old))
