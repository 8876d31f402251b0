import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lifecycle import long_statement
from . import refresh_sql
from .crm_score_mixin import SIDE_COLUMNS
from .score_sql import BROKEN

_logger = logging.getLogger(__name__)

#: After a harvest that many records are refreshed at once; the night does more.
AT_ONCE = 2_000


class CrmScorePolicy(models.Model):
    """The refresh: one statement for leads, one for contacts; only what has changed is written.

    When?
        Every night and by the button for all; at once for the records to which something
        important happens, as new touchpoints or another qualification.
    Can two refreshes meet?
        Of all records there is one at a time. A refresh of single records steps aside while all
        are refreshed, and is made up for the next night.
    And a rule whose filter cannot be read any more?
        Is set aside with the reason, see `crm.score.rule`; the others give their points.
    What follows?
        Who became hot gets an activity, rules of the lifecycle that wait for a score are applied.
        The first refresh of a database starts no activities: nobody became hot, it was found out.
    """

    _inherit = "crm.score.policy"

    def _refresh(self, record_ids=None):
        """Bring scores up to date.

        :param record_ids: of these records only; None: of all
        :return: what was written: added, changed, removed, history, records; empty where another
            session is refreshing all records
        :raise UserError: all records are being refreshed by somebody else
        """
        self.ensure_one()
        policy = self.sudo()
        if not policy._lock(record_ids):
            return {}
        if record_ids is None:
            self.env["crm.score.rule"].sudo()._set_broken_aside(policy.target)
        statement = policy._refresh_statement(record_ids)
        (result,) = self.env.execute_query_dict(statement)
        hot, risen = result.pop("hot") or [], result.pop("risen") or []
        policy._invalidate_scores()
        if policy.refreshed_at:
            self.env[policy.target].sudo().browse(hot)._score_became_hot(policy)
        if record_ids is None:
            policy._note_refresh(result)
        else:
            self.env["crm.lifecycle.rule"]._fire("score", policy.target, risen)
        return result

    def _refresh_statement(self, record_ids):
        """Give the statement, see `refresh_sql.refresh`."""
        target = self._target()
        if record_ids is None:
            long_statement.take_memory(self.env)
        try:
            queries = self._scored_queries(self._rules(), record_ids=record_ids)
        except BROKEN as error:
            # a rule has broken since the last night
            _logger.info("A score rule of %s cannot be used: %s", self.target, error)
            self.env["crm.score.rule"].sudo()._set_broken_aside(self.target)
            queries = self._scored_queries(self._rules(), record_ids=record_ids)
        return refresh_sql.refresh(
            target._score_subject,
            queries,
            at=fields.Datetime.now(),
            gone=target._score_gone(record_ids),
            probability=target._score_odoo_probability(),
        )

    def _lock(self, record_ids):
        """Let one session at a time refresh all records, and none refresh single ones meanwhile.

        :return: whether to go on
        :raise UserError: all records are being refreshed by somebody else
        """
        if record_ids is not None:
            return self._try_lock("pg_try_advisory_xact_lock_shared", "single")
        if not self._try_lock("pg_try_advisory_xact_lock", "all"):
            raise UserError(
                self.env._("The scores are being refreshed at this moment. Try again in a minute.")
            )
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", f"{self._table} single", self.id)
        )
        return True

    def _try_lock(self, function, name):
        self.env.cr.execute(
            SQL("SELECT %s(hashtext(%s), %s)", SQL(function), f"{self._table} {name}", self.id)
        )
        return self.env.cr.fetchone()[0]

    def _note_refresh(self, result):
        """Keep when the scores were refreshed, and of how many records."""
        self.write(
            {
                "refreshed_at": fields.Datetime.now(),
                "record_count": result["records"],
                "is_stale": False,
            }
        )

    def _invalidate_scores(self):
        """Let the cache read the scores again."""
        self.env["crm.score"].invalidate_model(flush=False)
        self.env["crm.score.history"].invalidate_model(flush=False)
        names = [*SIDE_COLUMNS, "is_at_rest"]
        self.env[self.target].invalidate_model(names, flush=False)

    @api.model
    def _refresh_all(self):
        """Refresh the scores and rests of leads and contacts, as after the install."""
        for policy in self.search([("target", "!=", False)]):
            policy._refresh()
            policy._refresh_rest()

    # ------------------------------------------------------------
    # Crons
    # ------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Refresh all scores, then what follows from them; one policy at a time."""
        policies = self.search([("target", "!=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(policies))
        for policy in policies:
            if not policy._refresh_apart():
                # a new transaction sees what the other one has written
                self.env["ir.cron"]._commit_progress(0)
                policy._refresh_apart()
            if not self.env["ir.cron"]._commit_progress(1):
                break
        self.env["crm.lifecycle.rule"]._apply_score_rules()

    def _refresh_apart(self):
        """Refresh one policy; a failure stops no other.

        :return: False when somebody else wrote the same rows meanwhile
        """
        try:
            with self.env.cr.savepoint():
                self._refresh()
                self._refresh_rest()
        except long_statement.CONCURRENCY as error:
            _logger.info("Somebody else writes scores of %s: %s", self.target, error)
            return False
        except UserError as error:
            _logger.info("Scores of %s are left for the next night: %s", self.target, error)
        except Exception:
            _logger.exception("Scores of %s cannot be refreshed", self.target)
        return True

    @api.model
    def _refresh_touched(self, touches):
        """Refresh the records of these touchpoints, unless they are too many for now.

        The night refreshes all of them, after the first harvest too.

        :param SQL touches: rows of `crm_touchpoint`, in parentheses
        """
        for policy in self.sudo().search([("refreshed_at", "!=", False)]):
            query = policy._target()._score_touched(touches)
            rows = self.env.execute_query(
                SQL("SELECT DISTINCT record_id FROM (%s) t LIMIT %s", query, AT_ONCE + 1)
            )
            record_ids = [row[0] for row in rows if row[0]]
            if record_ids and len(record_ids) <= AT_ONCE:
                policy._refresh(record_ids)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_refresh(self):
        """Refresh now."""
        self.check_access("write")
        for policy in self.sudo():
            policy._refresh()
            policy._refresh_rest()
