import logging
from datetime import timedelta

from psycopg2 import Error as DatabaseError
from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lifecycle import long_statement

_logger = logging.getLogger(__name__)

#: What two harvests of the same rows at once may end in.
AT_ONCE = (errors.UniqueViolation, errors.SerializationFailure, errors.DeadlockDetected)

#: So much further back is read again, each time.
MARGIN = timedelta(hours=1)

#: The beginning of the oldest transaction that may still write something.
OLDEST = """
    SELECT LEAST(now(), min(xact_start)) AT TIME ZONE 'UTC'
      FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid()
"""


class CrmTouchpointSource(models.Model):
    """The harvest: reading what is new in each source, again and again.

    How is nothing skipped?
        Numbers and dates of concurrent transactions come in any order: who began first may
        finish last. So a harvest does not remember how far it has read, but since when: the
        beginning of the oldest transaction that was still open, and an hour more. All records
        written since, or with a higher id than any seen, are read again; those that gave a row
        are left out (unique source and record). Whatever else happened (rows written by SQL
        without a date, a contact created after the mail with its address) is found by the
        nightly comparison, which reads everything.
    What does it cost when nothing is new?
        One statement per source. Indexes of a few pages (BRIN) on the dates of large tables
        lead to the part that was written lately.
    What when a source fails?
        It says so, is left for the next time, and the others go on.
    Two harvests at once?
        A source that another one is just reading is left out.
    """

    _inherit = "crm.touchpoint.source"

    def _harvest(self, records=None, *, full=False):
        """Add the contacts that are not there yet; return how many, by source.

        :param records: contacts or leads: look for theirs only, among all records of all times
        :param bool full: read everything, not only what is new
        """
        sources = self.filtered(lambda source: source.active and not source.problem)
        if records is None:
            sources = sources.try_lock_for_update()
        self.env.flush_all()
        long_statement.take_memory(self.env)
        touchpoints = self.env["crm.touchpoint"]
        last_id = touchpoints._last_id()
        oldest = self._oldest_transaction() if records is None else None
        scope = records is not None and _scope_of(records)
        found = sources._harvest_each(lambda source: scope or source._new_condition(full))
        if records is None:
            sources._remember(found, oldest)
        counts = {source: count for source, (count, _error) in found.items()}
        if any(counts.values()):
            touchpoints._digest(last_id, sum(counts.values()))
        return counts

    def _harvest_each(self, condition_of):
        """Harvest the sources: all in one go, or one by one when one of them fails."""
        try:
            with self.env.cr.savepoint(flush=False):
                return {source: source._harvest_one(condition_of(source)) for source in self}
        except (DatabaseError, ValueError, UserError) as error:
            if len(self) <= 1:
                return {source: (0, source._words_of(error)) for source in self}
            _logger.info("A source of contacts failed, they are read one by one: %s", error)
        return {
            source: result
            for single in self
            for source, result in single._harvest_each(condition_of).items()
        }

    def _words_of(self, error):
        """Say why a source could not be read."""
        if isinstance(error, AT_ONCE):
            return self.env._("Somebody else was reading it at the same moment.")
        return str(error).strip()

    def _harvest_one(self, condition):
        """Run the statement of one source; return the count of its new rows and no error."""
        self.env.cr.execute(self._insert_query(condition), log_exceptions=False)
        return self.env.cr.rowcount, None

    @api.model
    def _oldest_transaction(self):
        self.env.cr.execute(OLDEST)
        return self.env.cr.fetchone()[0]

    def _new_condition(self, full):
        """Give the condition of what may be new; nothing to read everything.

        It is a function of the source, its model, the query and the date of the touchpoint.
        """
        if full or not self.since:
            return None

        def condition(_source, model, _query, date):
            table = model._table
            new = [SQL("%s > %s", SQL.identifier(table, "id"), self.last_id)]
            if model._log_access:
                new.append(SQL("%s >= %s", SQL.identifier(table, "write_date"), self.since))
            if self.is_planned or not model._log_access:
                new.append(SQL("%s >= %s", date, self.since))
            return SQL("(%s)", SQL(" OR ").join(new))

        return condition

    def _remember(self, found, oldest):
        """Note how far the sources were read, in one statement."""
        if not found:
            return
        last_ids = self._last_ids()
        rows = [
            (source.id, last_ids[source.model], oldest - MARGIN, error)
            for source, (_count, error) in found.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_touchpoint_source s
                   SET last_id = CASE WHEN v.error IS NULL THEN v.last_id ELSE s.last_id END,
                       since = CASE WHEN v.error IS NULL THEN v.since ELSE s.since END,
                       harvested_at = CASE WHEN v.error IS NULL THEN %s ELSE s.harvested_at END,
                       last_error = v.error
                  FROM (VALUES %s) v (id, last_id, since, error)
                 WHERE s.id = v.id
                """,
                fields.Datetime.now(),
                SQL(", ").join(SQL("(%s, %s, %s::timestamp, %s::varchar)", *row) for row in rows),
            )
        )
        self.invalidate_recordset(["last_id", "since", "harvested_at", "last_error"])

    def _last_ids(self):
        """Give the last id of each model; the transaction sees the same rows as the harvest."""
        models = sorted(set(self.mapped("model")))
        query = SQL(", ").join(
            SQL("(SELECT COALESCE(max(id), 0) FROM %s)", SQL.identifier(self.env[model]._table))
            for model in models
        )
        (row,) = self.env.execute_query(SQL("SELECT %s", query))
        return dict(zip(models, row, strict=True))

    @api.model
    def _cron_harvest(self, full=False):
        """Read what is new; sources that were never read before, one transaction each."""
        sources = self.search([("active", "=", True)])
        fresh = sources.filtered(lambda source: full or not source.since)
        batches = [*fresh, sources - fresh]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(batches))
        for batch in batches:
            batch._harvest(full=full)
            if not cron._commit_progress(1):
                break


def _scope_of(records):
    """Give the condition of the rows of some contacts or leads, wherever their paths lead."""
    records = records.sudo().with_context(active_test=False)
    if records._name == "crm.lead":
        leads, partners = records, records.partner_id
    else:
        leads = records.env["crm.lead"].search([("partner_id", "in", records.ids)])
        partners = records
    emails = set(records.mapped("email_normalized")) - {False}
    whose = {
        "partner_path": tuple(partners.ids),
        "lead_path": tuple(leads.ids),
        "email_path": tuple(sorted(emails)),
    }
    return lambda source, model, query, _date: source._scope_sql(model, query, whose)
