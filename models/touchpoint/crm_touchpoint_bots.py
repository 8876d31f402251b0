from odoo import api, models
from odoo.tools import SQL

from . import bots


class CrmTouchpoint(models.Model):
    """Which openings and clicks are those of programs.

    When is it decided?
        After each harvest, for the mails that were opened or clicked meanwhile, from all their
        clicks; so a first click becomes a bot's when the others of its burst are known. And for
        all mails when somebody changes the settings.
    """

    _inherit = "crm.touchpoint"

    @api.model
    def _traces_of(self, rows):
        """Give the traces of mailings that rows of this table are about."""
        return SQL(
            """
            SELECT n.res_id AS id FROM %(rows)s n
             WHERE n.res_model = 'mailing.trace' AND n.event IN ('opened', 'clicked')
             UNION
            SELECT c.mailing_trace_id FROM %(rows)s n
              JOIN link_tracker_click c ON c.id = n.res_id
             WHERE n.res_model = 'link.tracker.click' AND c.mailing_trace_id IS NOT NULL
            """,
            rows=rows,
        )

    @api.model
    def _mark_bots(self, traces):
        """Write the verdict on the rows of these traces where it is another one."""
        settings = self.env["res.config.settings"]._touchpoint_settings()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_touchpoint t SET is_bot = v.is_bot
                  FROM (%(verdicts)s) v
                  JOIN crm_touchpoint_source s
                    ON (v.kind = 'click' AND s.model = 'link.tracker.click')
                    OR (s.model = 'mailing.trace' AND s.event = v.kind)
                 WHERE t.source_id = s.id AND t.res_id = v.res_id AND t.is_bot <> v.is_bot
                """,
                verdicts=bots.verdicts_sql(traces, settings["bot_delay"], settings["bot_window"]),
            )
        )

    @api.model
    def _judge_again(self):
        """Decide anew on all openings and clicks, and on what follows from them."""
        everything = SQL("(SELECT * FROM crm_touchpoint)")
        self._mark_bots(self._traces_of(everything))
        self._digest_people(everything)
