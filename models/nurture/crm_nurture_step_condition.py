from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..touchpoint import bots
from . import timetable
from .crm_nurture_step_do import Result
from .path import NO, YES

#: The messages of somebody in a sequence that a condition is about.
ASKED_ABOUT = """
    SELECT e.id AS enrollment_id, d.trace_id
      FROM crm_nurture_enrollment e
      JOIN crm_nurture_delivery d ON d.enrollment_id = e.id AND d.round = e.round
     WHERE e.id IN (%(enrollments)s) AND d.trace_id IS NOT NULL AND %(message)s
"""

#: Whoever clicked or answered has opened, whether or not pictures were loaded.
OPENED = """
    SELECT m.enrollment_id FROM messages m JOIN verdicts v ON v.trace_id = m.trace_id
     WHERE NOT v.is_bot
     UNION
    SELECT m.enrollment_id FROM messages m JOIN mailing_trace t ON t.id = m.trace_id
     WHERE t.reply_datetime IS NOT NULL
"""
CLICKED = """
    SELECT m.enrollment_id FROM messages m JOIN verdicts v ON v.trace_id = m.trace_id
     WHERE NOT v.is_bot AND v.kind IN ('click', 'clicked')
       AND (v.kind = 'click'
            OR NOT EXISTS (SELECT FROM link_tracker_click c WHERE c.mailing_trace_id = m.trace_id))
"""
CLICKED_LINK = """
    SELECT m.enrollment_id FROM messages m JOIN verdicts v ON v.trace_id = m.trace_id
      JOIN link_tracker_click c ON v.kind = 'click' AND c.id = v.res_id
      JOIN link_tracker l ON l.id = c.link_id
     WHERE NOT v.is_bot AND position(lower(%(link)s) IN lower(l.url)) > 0
"""
REPLIED = """
    SELECT m.enrollment_id FROM messages m JOIN mailing_trace t ON t.id = m.trace_id
     WHERE t.reply_datetime IS NOT NULL
"""
BOUNCED = """
    SELECT m.enrollment_id FROM messages m JOIN mailing_trace t ON t.id = m.trace_id
     WHERE t.trace_status = 'bounce'
"""


class CrmNurtureStep(models.Model):
    """Conditions: a question about the person, or about a message that was sent.

    About which message?
        The chosen step; without one: any message that the person got in this round.
    What is an opening, a click?
        That of a human, see `bots`.
    How long is the answer waited for?
        As long as the time-out says; without one it is asked once. Who fulfils it goes on with
        "yes" at once: what the person does wakes the engine, and for all other questions the look
        around does. When the time is over it is "no".
    """

    _inherit = "crm.nurture.step"

    check = fields.Selection(
        [
            ("domain", "The person matches a filter"),
            ("opened", "A message was opened"),
            ("clicked", "A link was clicked"),
            ("replied", "A message was answered"),
            ("bounced", "A message came back"),
        ],
        "Question",
        default="domain",
    )
    domain = fields.Char("Filter", default="[]")
    message_step_id = fields.Many2one(
        "crm.nurture.step",
        "About the Message",
        ondelete="set null",
        domain="[('version_id', '=', version_id), ('kind', 'in', ('email', 'sms'))]",
    )
    link_url = fields.Char("Link", help="The address of the link, or a part of it.")
    timeout_number = fields.Integer("Wait at Most", help="0: the question is asked once.")
    timeout_unit = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        default="days",
    )

    def _missing(self):
        """Say what is wrong with the filter."""
        if self.kind == "condition" and self.check == "domain":
            try:
                self.sequence_id._check_filter(self.domain, self.name or self.env._("Condition"))
            except ValidationError as error:
                return error.args[0]
        return super()._missing()

    def _do_condition(self, enrollments):
        """Answer for those who fulfil it now, and for the others."""
        return self._answers(enrollments, self._fulfilled(enrollments), fields.Datetime.now())

    def _answers(self, enrollments, fulfilled, now):
        """Answer; who may still fulfil it in time waits on.

        :param fulfilled: the ids of those who fulfil it
        """
        yes, no = Result("yes", branch=YES), Result("no", branch=NO)
        ends = self._ends(enrollments)
        return {
            key: yes
            if key in fulfilled
            else Result("no", until=ends[key])
            if ends.get(key, now) > now
            else no
            for key in enrollments.ids
        }

    def _ends(self, enrollments):
        """Give until when each may fulfil it: dict of enrollment id -> moment."""
        if self.timeout_number <= 0:
            return {}
        zones = enrollments._time_zones()
        began = {one.id: (one.arrived_at, zones[one.id]) for one in enrollments}
        ends = {
            (arrived, zone): timetable.after(arrived, self.timeout_number, self.timeout_unit, zone)
            for arrived, zone in set(began.values())
        }
        return {key: ends[began[key]] for key in zones}

    def _fulfilled(self, enrollments):
        """Give the ids of those who fulfil it now."""
        if self.check == "domain":
            ids = SQL("SELECT unnest(%s)", list(enrollments.ids))
            query = self._matching_enrollments(ids)
        else:
            query = self._answered(SQL("SELECT unnest(%s)", list(enrollments.ids)))
        self.env.flush_all()
        return {row[0] for row in self.env.execute_query(query)}

    def _matching_enrollments(self, enrollments):
        """Give the query of those whose record matches, as the owner of the sequence sees it."""
        sequence = self.sequence_id
        matching = sequence._matching(self.domain)
        return SQL(
            "SELECT e.id FROM crm_nurture_enrollment e WHERE e.id IN (%s) AND e.%s IN (%s)",
            enrollments,
            SQL.identifier(sequence._subject()),
            matching.select(),
        )

    def _woken(self, now):
        """Wake those who wait for the answer, and fulfil it by now."""
        if self.kind != "condition":
            return super()._woken(now)
        waiting = SQL(
            "SELECT w.id FROM crm_nurture_enrollment w"
            " WHERE w.step_id = %s AND w.state = 'waiting' AND w.due_at > %s",
            self.id,
            now,
        )
        find = self._matching_enrollments if self.check == "domain" else self._answered
        return SQL("e.id IN (SELECT * FROM (%s) fulfilled)", find(waiting))

    def _answered(self, enrollments):
        """Give the query of those who did with the message what is asked for."""
        message = SQL("TRUE")
        if self.message_step_id:
            message = SQL("d.step_id = %s", self.message_step_id.id)
        settings = self.env["res.config.settings"]._touchpoint_settings()
        traces = SQL("SELECT trace_id FROM messages")
        return SQL(
            "WITH messages AS MATERIALIZED (%s), verdicts AS (%s) %s",
            SQL(ASKED_ABOUT, enrollments=enrollments, message=message),
            bots.verdicts_sql(traces, settings["bot_delay"], settings["bot_window"]),
            self._question(),
        )

    def _question(self):
        if self.check == "clicked" and self.link_url:
            return SQL(CLICKED_LINK, link=self.link_url)
        texts = {"opened": OPENED, "clicked": CLICKED, "replied": REPLIED, "bounced": BOUNCED}
        return SQL(texts[self.check])
