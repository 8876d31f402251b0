from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang, mute_logger

from ..lifecycle.long_statement import CONCURRENCY
from .crm_nurture_sequence_why_words import Facts

#: More people than these are counted only when somebody asks for it.
LARGE = 300_000

#: Rules that hold for everybody who comes as far as them: they say nothing beside another one.
PLAIN = frozenset("released due waiting audience closed present event trigger manual".split())


class CrmNurtureSequence(models.Model):
    """Answers: why is this person here, not here, waiting; and who are all of them.

    Who may ask?
        Who may see both the sequence and the person. Of all people each reader counts those
        whom the reader may see.
    What does the answer give away?
        Whether somebody matches a filter that its owner wrote, as the list of people does too.
        Quotations and meetings are named only to who may see them.
    """

    _inherit = "crm.nurture.sequence"

    def _why(self, record):
        """Say why a lead or contact is where it is: the rule that decides, and what else holds."""
        self.ensure_one()
        self.check_access("read")
        record.check_access("read")
        if record._name != self.model:
            raise UserError(self.env._("“%s” is not for these records.", self.name))
        with self._why_guard():
            first, *others = self._why_of(record)
            sequence = self.sudo()
            facts = sequence._why_facts(record)
            return {
                "group": first.group,
                "code": first.code,
                "text": sequence._why_sentence(first.code, facts),
                "also": [
                    sequence._why_sentence(rule.code, facts)
                    for rule in others
                    if rule.code not in PLAIN
                ],
                "notice": sequence._why_notice(),
                "messages": self._reach_sentences(record) if first.group != "out" else [],
            }

    @contextmanager
    def _why_guard(self):
        """Say in the user's words that the rules cannot be evaluated.

        :raise UserError: a filter is broken, or the segment is hidden from the owner
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                yield
        except CONCURRENCY:
            raise
        except Exception as error:
            raise UserError(
                self.env._(
                    "The rules of the sequence “%(name)s” cannot be evaluated: %(why)s Correct"
                    " them on its form.",
                    name=self.name,
                    why=str(error).strip(),
                )
            ) from error

    def _why_facts(self, record):
        """Give what the sentences name."""
        past = self.env["crm.nurture.enrollment"].search(
            [("sequence_id", "=", self.id), (self._subject(), "=", record.id)],
            order="left_at desc, id desc",  # who is inside comes first
            limit=1,
        )
        zone = past._time_zones().get(past.id) or "UTC"
        return Facts(record, past, zone)

    def _why_notice(self):
        """Say what is true of everybody: the sequence does not run."""
        if self.is_ready:
            return self.env._("This is a ready sequence: it leads nobody. Use your own copy of it.")
        return {
            "draft": self.env._("The sequence is a draft: people come in once it is published."),
            "paused": self.env._("The sequence is paused: nobody comes in, nobody goes on."),
            "closed": self.env._("The sequence is closed: nobody comes in any more."),
        }.get(self.state, "")

    # ------------------------------------------------------------
    # All people
    # ------------------------------------------------------------

    @api.readonly
    def get_who(self, asked=False):
        """Give the line of the form: for whom the sequence is, how many are in and out.

        :param bool asked: whether somebody asked for it; else a very large table is left alone
        """
        self.ensure_one()
        self.check_access("read")
        if not asked and self._who_is_large():
            return {"large": True}
        try:
            with self._why_guard():
                counts = self._why_counts()
        except UserError as error:
            return {"problem": str(error)}
        return self._who_line(counts)

    def _who_is_large(self):
        """Tell whether counting takes seconds, by what the database knows of its tables."""
        segment = self.sudo().segment_id
        if segment:
            return segment.member_count > LARGE
        table = self.env[self.model]._table
        rows = self.env.execute_query(
            SQL("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", table)
        )
        return rows[0][0] > LARGE

    def _who_line(self, counts):
        """Give the line from the counts of the rules."""
        total = sum(base for _rule, _count, base in counts)
        others = sum(count - base for _rule, count, base in counts)
        groups = {}
        for rule, count, _base in counts:
            groups[rule.group] = groups.get(rule.group, 0) + count
        return {
            "text": self._who_words(total, others),
            "groups": [
                {"group": group, "text": text}
                for group, text in self._who_group_words(groups).items()
                if groups.get(group)
            ],
        }

    def _who_words(self, count, others):
        """Say for whom the sequence is."""
        text = self._who_people_words(self.model, count)
        segment = self.sudo().segment_id
        if segment:
            text = self.env._("%(people)s of “%(name)s”", people=text, name=segment.name)
        if others:
            more = self.env._("others inside: %(count)s", count=self._who_number(others))
            text = f"{text} ({more})"
        return text

    @api.model
    def _who_people_words(self, model, count):
        """Give a number of leads or contacts."""
        of_model = self._who_lead_words if model == "crm.lead" else self._who_contact_words
        return of_model(count == 1) % {"count": self._who_number(count)}

    def _who_lead_words(self, one):
        return self.env._("%(count)s lead") if one else self.env._("%(count)s leads")

    def _who_contact_words(self, one):
        return self.env._("%(count)s contact") if one else self.env._("%(count)s contacts")

    def _who_group_words(self, counts):
        numbers = {group: self._who_number(count) for group, count in counts.items()}
        return {
            "inside": self.env._("%(count)s inside", count=numbers.get("inside", 0)),
            "ready": self.env._("%(count)s may come in", count=numbers.get("ready", 0)),
            "out": self.env._("%(count)s left out", count=numbers.get("out", 0)),
        }

    def _who_number(self, number):
        return formatLang(self.env, number, digits=0)

    def action_who(self):
        """Open the table of all people by the rule that decides."""
        self.ensure_one()
        self.check_access("read")
        return self.env["crm.nurture.who"]._open(self)

    def action_why(self):
        """Ask about whom it is to be told why."""
        self.ensure_one()
        return self.env["crm.nurture.why"]._open({"default_sequence_id": self.id})
