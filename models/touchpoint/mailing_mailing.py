from odoo import fields, models
from odoo.tools import SQL


class MailingMailing(models.Model):
    """The rates of humans, beside those that Odoo counts.

    Odoo counts each opening and each click. The rates here leave out the mails that only programs
    opened or clicked, and are shares of the same mails as Odoo's.
    """

    _inherit = "mailing.mailing"

    human_opened_ratio = fields.Float(
        "Opened by People (%)", compute="_compute_human_ratios", aggregator="avg"
    )
    human_clicks_ratio = fields.Float(
        "Clicked by People (%)", compute="_compute_human_ratios", aggregator="avg"
    )
    bot_opened = fields.Integer("Opened by Programs", compute="_compute_human_ratios")
    bot_clicked = fields.Integer("Clicked by Programs", compute="_compute_human_ratios")

    def _compute_human_ratios(self):
        """Count the traces that only programs touched, in one query."""
        bots = self._count_bots()
        for mailing in self:
            opened, clicked = bots.get(mailing.id, (0, 0))
            mailing.bot_opened, mailing.bot_clicked = opened, clicked
            people = max(0, mailing.opened - opened)
            share = people / mailing.opened if mailing.opened else 0
            mailing.human_opened_ratio = mailing.opened_ratio * share
            by_bots = 100.0 * clicked / mailing.expected if mailing.expected else 0
            mailing.human_clicks_ratio = max(0, mailing.clicks_ratio - by_bots)

    def _count_bots(self):
        """Give, by mailing, how many traces only programs opened, and how many they clicked."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT trace.mass_mailing_id,
                       count(*) FILTER (WHERE event = 'opened' AND by_bot),
                       count(*) FILTER (WHERE event = 'clicked' AND by_bot)
                  FROM (
                    SELECT trace.id, trace.mass_mailing_id, t.event, bool_and(t.is_bot) AS by_bot
                      FROM mailing_trace trace
                      LEFT JOIN link_tracker_click c ON c.mailing_trace_id = trace.id
                      JOIN crm_touchpoint_source s
                        ON s.model IN ('mailing.trace', 'link.tracker.click')
                       AND s.event IN ('opened', 'clicked')
                      JOIN crm_touchpoint t ON t.source_id = s.id AND t.res_id =
                           CASE s.model WHEN 'mailing.trace' THEN trace.id ELSE c.id END
                     WHERE trace.mass_mailing_id IN %s
                     GROUP BY trace.id, trace.mass_mailing_id, t.event
                  ) trace
                 GROUP BY trace.mass_mailing_id
                """,
                tuple(self.ids),
            )
        )
        return {mailing_id: (opened, clicked) for mailing_id, opened, clicked in rows}
