import logging
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH = 500
ERROR_LENGTH = 4000

# what a trigger says in the history; the others say "rule"
CAUSES = {
    "quotation": "quotation",
    "order": "order",
    "invoice": "invoice",
    "inactivity": "inactivity",
    "pipeline": "pipeline",
}


class CrmLifecycleRule(models.Model):
    """How rules run: at once when their event happens, and every night over all records.

    What if a rule is broken, or a record cannot be moved?
        Everything else goes on: each rule has a savepoint, a batch that fails is halved until
        only the culprits stay, and the reasons are kept in `last_error`.
    What if somebody is changing a record, or two runs meet?
        The night takes only records that nobody holds; the others come the next night.
    """

    _inherit = "crm.lifecycle.rule"

    @api.model
    def _fire(self, trigger, model, record_ids, origins=None):
        """Apply the rules of an event to the records it has just happened to.

        :param str trigger: a value of `trigger`
        :param str model: crm.lead or res.partner
        :param record_ids: ids of these records
        :param dict origins: record id -> the order, invoice ... that is the event
        """
        record_ids = [record_id for record_id in record_ids if record_id]
        if not record_ids:
            return
        happened = Domain("id", "in", record_ids)
        for rule in self.sudo().search([("trigger", "=", trigger), ("model", "=", model)]):
            with rule._guarded():
                # an order revives a lost lead, which is archived
                target = rule._target().with_context(active_test=False)
                target.search(rule._eligible_domain() & happened)._lifecycle_move(
                    rule.to_stage_id, rule._cause(), rule=rule, origins=origins
                )

    @api.model
    def _cron_apply(self):
        """Apply all active rules to all records, in batches, in their order."""
        for rule in self.search([("active", "=", True)]):
            rule._apply()

    def _apply(self, limit=None, only=Domain.TRUE):
        """Move the records that are due, in batches, each committed.

        Records that somebody else is changing are left to the next run.

        :param int limit: stop after about so many; None moves all
        :param Domain only: the records among which the user moves them
        :return: how many records moved
        """
        self.ensure_one()
        rule = self.sudo()
        rule.last_error = False
        due = {}
        with rule._guarded():
            due = rule._due(only)
        moved, waiting = 0, len(due)
        for ids in split_every(BATCH, due):
            done = rule._move_due({record_id: due[record_id] for record_id in ids})
            moved, waiting = moved + len(done), waiting - len(ids)
            seconds_left = self.env["ir.cron"]._commit_progress(len(ids), remaining=waiting)
            if not seconds_left or (limit and moved >= limit):
                break
        rule.last_run = fields.Datetime.now()
        self.env["ir.cron"]._commit_progress()
        return moved

    @contextmanager
    def _guarded(self):
        """Keep what goes wrong in a rule from stopping a sale, or the other rules.

        The reason is kept in `last_error`. What another transaction causes is raised: Odoo
        then tries the whole request again.
        """
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a rule or an addon raises
            _logger.info("Lifecycle rule %s: %s", self.id, error)
            self.env.invalidate_all(flush=False)
            self.last_error = str(error)

    def _move_due(self, due):
        """Move those of the due records that are still eligible and that nobody is changing."""
        domain = self._eligible_domain() & Domain("id", "in", list(due))
        records = self._target().search(domain).try_lock_for_update()
        return self._move_batch(records, due)

    def _move_batch(self, records, due):
        """Move records together; if that fails halve them, until only the culprits stay.

        :param dict due: record id -> when the event happened
        :return: the records that moved
        """
        if not records:
            return records
        try:
            with self.env.cr.savepoint():
                return records._lifecycle_move(
                    self.to_stage_id, self._cause(), rule=self, dates=due
                )
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad record never stops the others
            self.env.invalidate_all(flush=False)
            if len(records) == 1:
                _logger.info("Lifecycle rule %s cannot move %s: %s", self.id, records, error)
                lines = [self.last_error, f"{records.display_name}: {error}"]
                self.last_error = "\n".join(filter(None, lines))[:ERROR_LENGTH]
                return records.browse()
        half = len(records) // 2
        return self._move_batch(records[:half], due) | self._move_batch(records[half:], due)

    def _cause(self):
        return CAUSES.get(self.trigger, "rule")
