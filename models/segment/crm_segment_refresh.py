import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..lifecycle import long_statement
from ..settings.notification import notification

_logger = logging.getLogger(__name__)

WAITING = "crm_lifecycle.segments_waiting"


class CrmSegment(models.Model):
    """How the members are brought up to date.

    What does it cost?
        One statement for each segment: the search of the filter is compared with the open
        memberships inside the database, and only the difference comes out of it and is
        written. A run that finds no difference writes nothing.
    What if two runs meet on a segment?
        The second leaves it to the first.
    What if the night is too short?
        The next call goes on with the segments that are left.
    """

    _inherit = "crm.segment"

    def _refresh(self):
        """Bring the members up to date, first of the segments that these are built on.

        :return: dict of segment -> (entered, left), of those where something changed
        """
        order, circles = self.sudo()._in_order()
        for circle in circles:
            for segment in circle:
                segment._note(error=self._circle_words(circle))
        changes = {segment: segment._refresh_one() for segment in order}
        return {segment: change for segment, change in changes.items() if change and any(change)}

    def _refresh_one(self):
        """Compare the members with who should be one; note a failure instead of raising it.

        :return: how many entered and left; None if it failed, or if another run is on it
        """
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                if not self._lock():
                    return None
                entered, left, before = self._write_difference(self._matching_query())
        except psycopg2.errors.UniqueViolation:
            return None  # another run has just done it
        except long_statement.CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - one broken filter never stops the others
            _logger.info("Segment %s: %s", self.id, error)
            self.env.invalidate_all(flush=False)
            self._note(error=self._explain(error))
            return None
        self._note(entered, left, before + entered - left)
        return entered, left

    def _lock(self):
        """Tell whether no other transaction is changing the members; till the end of this one."""
        return long_statement.runs_alone(self.env, self._table, self.id)

    def _write_difference(self, query):
        """Write who entered and who left.

        :param query: those who should be members
        :return: how many entered, how many left, how many there were before
        """
        [(entering, leaving, before)] = self.env.execute_query(self._difference(query))
        entered = self._execute(self._enter(entering)) if entering else 0
        left = self._execute(self._leave(leaving)) if leaving else 0
        if entered or left:
            self._forget_members()
        return entered, left, before

    def _difference(self, query):
        """Give the SQL that compares who should be a member with who is.

        It only reads, so that the database may use several processes for it. The ids come as
        the text of an array, which goes back to the database as it is.
        """
        return SQL(
            """
            SELECT (ARRAY_AGG(should.id) FILTER (WHERE member.record_id IS NULL))::text,
                   (ARRAY_AGG(member.record_id) FILTER (WHERE should.id IS NULL))::text,
                   COUNT(member.record_id)
              FROM (%(should)s) should
              FULL JOIN (%(members)s) member ON member.record_id = should.id
            """,
            should=query.select(),
            members=self._open_members(),
        )

    def _enter(self, ids):
        """Give the SQL that opens memberships.

        :param str ids: the text of an array
        """
        return SQL(
            "INSERT INTO crm_segment_member (segment_id, %(subject)s, entered_at)"
            " SELECT %(segment)s, id, %(now)s FROM UNNEST(%(ids)s::int[]) id ORDER BY id",
            subject=SQL.identifier(self._subject()),
            segment=self.id,
            now=fields.Datetime.now(),
            ids=ids,
        )

    def _leave(self, ids):
        """Give the SQL that closes memberships.

        :param str ids: the text of an array
        """
        return SQL(
            "UPDATE crm_segment_member SET left_at = %(now)s"
            " WHERE segment_id = %(segment)s AND left_at IS NULL"
            " AND %(subject)s = ANY(%(ids)s::int[])",
            subject=SQL.identifier(self._subject()),
            segment=self.id,
            now=fields.Datetime.now(),
            ids=ids,
        )

    def _execute(self, statement):
        """Execute a statement that writes, and tell how many rows it wrote."""
        self.env.cr.execute(statement)
        return self.env.cr.rowcount

    def _open_members(self):
        """Give the SQL of the ids of the members."""
        return SQL(
            "SELECT %(subject)s AS record_id FROM crm_segment_member"
            " WHERE segment_id = %(segment)s AND left_at IS NULL AND %(subject)s IS NOT NULL",
            subject=SQL.identifier(self._subject()),
            segment=self.id,
        )

    def _forget_members(self):
        """Let nothing in memory tell who was a member before."""
        self.env["crm.segment.member"].invalidate_model(flush=False)
        self.env[self.model].invalidate_model(["crm_segment_ids"], flush=False)

    def _note(self, entered=0, left=0, count=None, *, error=False):
        """Write what a refresh found, as far as it is not written there already."""
        vals = {}
        if (self.error or False) != error:
            vals["error"] = error
        if count is not None and count != self.member_count:
            vals["member_count"] = count
        if entered or left:
            vals["refresh_date"] = fields.Datetime.now()
        if vals:
            self.write(vals)

    # -- picked lists -------------------------------------------------------------------------

    def _add(self, domain):
        """Put records into picked lists; those who are in one already stay as they are.

        :param domain: of the records, among those that the user may see
        :return: how many were added
        """
        return sum(
            segment._pick(segment._enter, Domain(domain) & ~segment._members_domain())
            for segment in self
        )

    def _remove(self, domain):
        """Take records out of picked lists.

        :param domain: of the records, among those that the user may see
        :return: how many were taken out
        """
        return sum(
            segment._pick(segment._leave, Domain(domain) & segment._members_domain())
            for segment in self
        )

    def _pick(self, statement, domain):
        """Change a picked list by a statement for the records of a domain."""
        self.check_access("write")
        if self.kind != "static":
            raise UserError(
                self.env._(
                    "The members of the segment “%(segment)s” follow from its filter, so that"
                    " nobody can be put in or taken out by hand.",
                    segment=self.name,
                )
            )
        target = self.env[self.model].with_context(active_test=False)
        ids = target._search(domain).get_result_ids()
        self.env.flush_all()
        count = self._execute(statement(f"{{{','.join(map(str, ids))}}}"))
        self._forget_members()
        self.sudo()._note(count, 0, target.sudo().search_count(self._members_domain()))
        return count

    # -- by hand, and by night ------------------------------------------------------------------

    def action_refresh(self):
        """Bring the members up to date now, and tell what changed."""
        self.check_access("write")
        changes = self._refresh()
        mine = [changes[segment] for segment in self.sudo() if segment in changes]
        entered, left = (sum(numbers) for numbers in zip(*mine, strict=True)) if mine else (0, 0)
        failed = any(self.mapped("error"))
        message = self.env._("%(entered)s entered, %(left)s left.", entered=entered, left=left)
        if not mine:
            message = self.env._("Nothing has changed.")
        if failed:
            message = self.env._("A filter cannot be used any more: see the segment.")
        return notification(message, "warning" if failed else "success")

    @api.model
    def _cron_refresh(self):
        """Bring all active segments up to date, each in its own transaction."""
        order = self._waiting() or self._all_in_order()
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(order))
        while order:
            segment = order.pop(0).exists()
            try:
                segment and segment._refresh_one()
            except long_statement.CONCURRENCY as error:
                _logger.info("Segment %s is left to the next night: %s", segment.id, error)
            if not progress._commit_progress(1):
                break
        self._keep_waiting(order)

    @api.model
    def _all_in_order(self):
        """Give the active segments and those they are built on, and note the circles."""
        order, circles = self.search([("active", "=", True)])._in_order()
        for circle in circles:
            for segment in circle:
                segment._note(error=self._circle_words(circle))
        return order

    @api.model
    def _waiting(self):
        """Give the segments that the last call had no time for."""
        ids = self.env["ir.config_parameter"].get_param(WAITING) or ""
        return list(self.browse(int(number) for number in ids.split(",") if number))

    @api.model
    def _keep_waiting(self, segments):
        """Remember the segments that there was no time for."""
        ids = ",".join(str(segment.id) for segment in segments)
        parameters = self.env["ir.config_parameter"]
        if (parameters.get_param(WAITING) or "") != ids:
            parameters.set_param(WAITING, ids or False)
            self.env["ir.cron"]._commit_progress()
