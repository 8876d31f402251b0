from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from . import rest_sql


class CrmScorePolicy(models.Model):
    """Puts those who never react to rest, and wakes those who do; see `crm.score.rest`."""

    _inherit = "crm.score.policy"

    def _refresh_rest(self):
        """End the rests of those who reacted, then begin those of the silent.

        :return: the records that were woken, and those that were put to rest
        """
        self.ensure_one()
        self.env.flush_all()
        target, now = self._target(), fields.Datetime.now()
        key = SQL.identifier(target._score_subject)
        woken = self.env.execute_query(rest_sql.wake(key, now))
        resting = []
        if self.rest_mails:
            allowed = target._search(target._score_rest_domain(), bypass_access=True)
            before = now - relativedelta(months=self.rest_months)
            resting = self.env.execute_query(
                rest_sql.put_to_rest(key, allowed.select(), self.rest_mails, before, now)
            )
        self.env["crm.score.rest"].invalidate_model(flush=False)
        target.invalidate_model(["is_at_rest"], flush=False)
        return tuple(target.browse(row[0] for row in rows) for rows in (woken, resting))
