from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tools import SQL

from ..common import LifecycleCase

NOW = datetime(2026, 6, 30, 12)


class ScoringCase(LifecycleCase):
    """Leads and contacts with touchpoints, and rules of our own: the shipped ones are off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.score.rule"]
        cls.rules.search([("active", "=", True)]).active = False
        cls.env["crm.score"].search([("id", ">", 0)]).unlink()
        cls.lead_policy = cls.env["crm.score.policy"]._for("crm.lead")
        cls.partner_policy = cls.env["crm.score.policy"]._for("res.partner")
        cls.lead_policy.write(
            {
                "weight_fit": 30,
                "weight_engagement": 40,
                "weight_qualification": 30,
                "junk_below": 10,
                "warm_from": 40,
                "hot_from": 70,
            }
        )
        cls.channel = cls.env["crm.touchpoint.channel"].search([("code", "=", "mailing")], limit=1)

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def _rule(cls, **values):
        """Create a rule: by a filter if it has one, else by touchpoints."""
        kind = "domain" if "domain" in values else "touchpoint"
        part = "fit" if kind == "domain" else "engagement"
        return cls.rules.create({"name": "Rule", "kind": kind, "component": part, **values})

    @classmethod
    def _touch(cls, record, event="clicked", days=0, **values):
        """Add a touchpoint of some days ago, as a harvest does."""
        cls.env.flush_all()
        subject = "lead_id" if record._name == "crm.lead" else "partner_id"
        inbound = event not in ("sent", "quoted", "bounced")
        values = {
            subject: record.id,
            "channel_id": cls.channel.id,
            "event": event,
            "direction": "inbound" if inbound else "outbound",
            "date": datetime.combine(fields.Date.today() - timedelta(days), time(9)),
            "is_bot": False,
            **values,
        }
        cls.env.execute_query(
            SQL(
                "INSERT INTO crm_touchpoint (%s) VALUES %s RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )

    @classmethod
    def _created(cls, records, days):
        """Let records be known for some days."""
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                NOW - timedelta(days),
                records.ids,
            )
        )
        records.invalidate_recordset()

    def _history(self, record):
        """Give the history of a record, oldest first, as scores."""
        return record.sudo().score_history_ids.sorted("id").mapped("score")
