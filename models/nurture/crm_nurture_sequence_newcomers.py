from odoo import fields, models
from odoo.tools import SQL

#: Of those the sequence is for: for whom no door is closed.
NEWCOMERS = "SELECT COUNT(*) FROM (%(audience)s) r %(past)s WHERE (%(doors)s) IS NOT TRUE"


class CrmNurtureSequence(models.Model):
    """Who comes in of those whom the sequence is for, and how many: told before they do.

    Who asks?
        The look around, which lets them in; before it, whoever publishes a sequence that brings
        everybody in, or lets all in by hand; and the dry run.
    """

    _inherit = "crm.nurture.sequence"

    def _audience_now(self):
        """Give the query of whom the sequence is for, each with this moment."""
        now = SQL("%s::timestamp", fields.Datetime.now())
        return SQL("SELECT a.id, %s AS date FROM (%s) a", now, self._audience().select())

    def _newcomers(self, people):
        """Give those of a query of ids and moments who are not known, and may come in.

        Who may not would be found again and again. The last word has `_enroll_chunk`.
        """
        kept_out = SQL(" OR ").join(condition for _rule, condition in self._kept_out())
        return SQL(
            "SELECT r.id, r.date FROM (%s) r WHERE (%s) IS NOT TRUE ORDER BY r.id",
            self._strangers(people),
            kept_out,
        )

    def _strangers(self, people, again=False):
        """Give those of a query who are not inside, and were not, or may come again.

        :param bool again: also those who were inside too lately to come again now
        """
        since = None if again else self._again_since()
        known = SQL("(e.left_at IS NULL OR e.left_at >= %s)", since)
        return SQL(
            "SELECT people.id, people.date FROM (%s) people WHERE NOT EXISTS ("
            "SELECT FROM crm_nurture_enrollment e"
            " WHERE e.sequence_id = %s AND e.%s = people.id AND %s) ORDER BY people.id",
            people,
            self.id,
            SQL.identifier(self._subject()),
            known if self.reentry == "after" else SQL("TRUE"),
        )

    def _count_newcomers(self):
        """Count whom the sequence is for and who may come in now."""
        self.ensure_one()
        self.env.flush_all()
        query = SQL(
            NEWCOMERS,
            audience=self._audience_now(),
            past=self._past_sql(),
            doors=SQL(" OR ").join(condition for _rule, condition in self._closed_doors()),
        )
        return self.env.execute_query(query)[0][0]

    def _begins_with_all(self):
        """Tell whether everybody who may comes in by the next look, or by the publication."""
        if self.trigger == "audience":
            return True
        return not self.begun if self.version_id else self.with_present

    def action_let_all_in(self):
        """Ask before everybody comes in whom the sequence is for."""
        self.ensure_one()
        self.check_access("write")
        self._check_runs()
        return self.env["crm.nurture.pick"]._open(
            self.env._("Let All In"), self, default_sequence_id=self.id
        )
