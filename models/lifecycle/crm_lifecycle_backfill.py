from odoo import api, models
from odoo.tools import SQL

from . import facts

WHOSE = SQL(", ").join(SQL.identifier(name) for name in facts.ATTRIBUTION)


class CrmLifecycleBackfill(models.AbstractModel):
    """Gives the leads and contacts of an old database their stages and their past.

    When does it run?
        Once, after the installation, in a few SQL statements.
    Where do the stages come from?
        From what Odoo knows: a lead has been a lead since its creation, a prospect since
        it became an opportunity or got a quotation, a customer since its order or since it
        was won. A contact follows its leads, quotations, orders and invoices.
    And those who stopped?
        A customer without a purchase for the months set in the company became a former
        customer at the end of these months, and a customer again with the next purchase.
    Which dates?
        Those of the events, never today's; the cause of all rows is "import".
    Who gets nothing?
        Contacts without any of this, and our own companies and their people.
    """

    _name = "crm.lifecycle.backfill"
    _description = "Lifecycle of an Old Database"

    @api.model
    def _run(self):
        """Write the transitions and stages of all records that have none yet."""
        self.env.flush_all()
        self._insert_transitions("lead_id", self._lead_way())
        self._set_stages("crm_lead", "lead_id")
        self._insert_transitions("partner_id", self._partner_way())
        self._set_stages("res_partner", "partner_id")
        self.env.invalidate_all()

    def _lead_way(self):
        """Give the moves of all leads: ``record_id, kind, at`` and whose they were."""
        return self._climb(
            SQL(
                "SELECT 'lead' AS kind, id AS record_id, create_date AS at, %(whose)s"
                " FROM crm_lead"
                " WHERE type = 'lead' OR date_conversion > create_date"
                " UNION ALL SELECT 'prospect', record_id, at, %(whose)s FROM (%(opportunities)s) o"
                " UNION ALL SELECT 'prospect', record_id, at, %(whose)s FROM (%(quotations)s) q"
                " UNION ALL SELECT 'customer', record_id, at, %(whose)s FROM (%(orders)s) s"
                " UNION ALL SELECT 'customer', id, COALESCE(date_closed, write_date), %(whose)s"
                " FROM crm_lead WHERE won_status = 'won'",
                whose=WHOSE,
                opportunities=facts.opportunities(),
                quotations=facts.lead_orders(("sent", "sale")),
                orders=facts.lead_orders(("sale",)),
            )
        )

    def _partner_way(self):
        """Give the moves of all contacts: up to their first purchase, then on and off."""
        return SQL(
            "WITH purchases AS (%(purchases)s), buying AS (%(buying)s), climbing AS (%(climbing)s)"
            " SELECT kind, record_id, at, %(whose)s FROM climbing"
            " LEFT JOIN (SELECT record_id, MIN(at) AS first_at FROM buying GROUP BY record_id) b"
            "  USING (record_id) WHERE first_at IS NULL OR first_at > at"
            " UNION ALL SELECT kind, record_id, at, %(whose)s FROM buying",
            whose=WHOSE,
            purchases=self._purchases(),
            buying=self._buying(),
            climbing=self._climb(
                SQL(
                    "%s UNION ALL SELECT 'prospect', record_id, at, %s FROM (%s) f",
                    self._lead_facts(("lead", "prospect")),
                    WHOSE,
                    facts.partner_orders(("sent", "sale")),
                )
            ),
        )

    def _lead_facts(self, kinds):
        """Give the moves of leads into these kinds, for their contacts and companies."""
        return SQL(
            "SELECT s.kind, who.id AS record_id, t.date AS at, %(whose)s"
            " FROM crm_lifecycle_transition t"
            " JOIN crm_lifecycle_stage s ON s.id = t.to_stage_id AND s.kind IN %(kinds)s"
            " JOIN crm_lead l ON l.id = t.lead_id"
            " JOIN res_partner c ON c.id = l.partner_id %(expand)s",
            whose=facts.attribution("t"),
            kinds=kinds,
            expand=facts.contact_and_company(SQL("c.id"), SQL("c.commercial_partner_id")),
        )

    def _purchases(self):
        """Give all purchases, and the orders of leads by whomever they were placed."""
        return SQL(
            "SELECT record_id, at, %(whose)s FROM (%(purchases)s) bought"
            " UNION ALL SELECT record_id, at, %(whose)s FROM (%(leads)s) sold",
            whose=WHOSE,
            purchases=facts.partner_purchases(),
            leads=self._lead_facts(("customer",)),
        )

    def _buying(self):
        """Give when contacts became customers, former customers, and customers again.

        The purchases of the whole company count, from the contact's own first one on.
        """
        return SQL(
            "SELECT moves.kind, s.record_id, moves.at, %(whose)s"
            " FROM ("
            "  SELECT buyer.record_id, f.at, f.at + buyer.patience AS deadline, %(of_purchase)s,"
            "   LAG(f.at) OVER one + buyer.patience AS last_deadline,"
            "   LEAD(f.at) OVER one AS next_at"
            "  FROM (%(buyers)s) buyer"
            "  CROSS JOIN LATERAL"
            "   (SELECT buyer.record_id AS id UNION SELECT buyer.company_id) who"
            "  JOIN purchases f ON f.record_id = who.id AND f.at >= buyer.first_at"
            "  WINDOW one AS (PARTITION BY buyer.record_id ORDER BY f.at)"
            " ) s CROSS JOIN LATERAL ("
            "  SELECT 'customer' AS kind, s.at"
            "  WHERE s.last_deadline IS NULL OR s.last_deadline < s.at"
            "  UNION ALL SELECT 'former', s.deadline"
            "  WHERE s.deadline < COALESCE(s.next_at, now() AT TIME ZONE 'UTC')"
            " ) moves",
            whose=WHOSE,
            of_purchase=facts.attribution("f"),
            buyers=self._buyers(),
        )

    def _buyers(self):
        """Give each contact with its company, first purchase and months of patience."""
        return SQL(
            "SELECT f.record_id, p.commercial_partner_id AS company_id, MIN(f.at) AS first_at,"
            " make_interval(months => COALESCE(c.lifecycle_former_months, %s)) AS patience"
            " FROM purchases f JOIN res_partner p ON p.id = f.record_id"
            " LEFT JOIN res_company c ON c.id = p.company_id"
            " GROUP BY f.record_id, p.commercial_partner_id, c.lifecycle_former_months",
            self.env.company.lifecycle_former_months,
        )

    def _climb(self, events):
        """Keep of the events of a record those that lead further than all before them."""
        return SQL(
            "SELECT kind, record_id, at, %(whose)s FROM ("
            "  SELECT e.*, r.rank, MAX(r.rank) OVER ("
            "   PARTITION BY e.record_id ORDER BY e.at, r.rank DESC"
            "   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
            "  ) AS best"
            "  FROM (%(events)s) e JOIN (VALUES %(ranks)s) r (kind, rank) USING (kind)"
            " ) steps WHERE best IS NULL OR rank > best",
            whose=WHOSE,
            events=events,
            ranks=SQL("('lead', 2), ('prospect', 3), ('customer', 4)"),
        )

    def _insert_transitions(self, subject, way):
        """Write the moves of a way as transitions, each after the one before it."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_lifecycle_transition (%(subject)s, date, to_stage_id,"
                "  from_stage_id, days, direction, cause, %(whose)s,"
                "  create_uid, create_date, write_uid, write_date)"
                " SELECT record_id, at, stage_id, from_id,"
                "  COALESCE(EXTRACT(EPOCH FROM at - from_at) / 86400, 0),"
                "  CASE WHEN from_id IS NULL THEN 'entry' WHEN kind = 'former' THEN 'backward'"
                "   ELSE 'forward' END, 'import', %(whose)s,"
                "  %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'"
                " FROM (SELECT w.*, s.stage_id, LAG(s.stage_id) OVER one AS from_id,"
                "   LAG(w.at) OVER one AS from_at"
                "  FROM (SELECT kind, record_id, %(whose)s,"
                "    date_trunc('second', LEAST(at, now() AT TIME ZONE 'UTC')) AS at"
                "   FROM (%(way)s) raw WHERE at IS NOT NULL) w"
                "  JOIN (VALUES %(stages)s) s (kind, stage_id, place) USING (kind)"
                "  WHERE %(wanted)s"
                "  WINDOW one AS (PARTITION BY w.record_id ORDER BY w.at, s.place)) moves"
                " ORDER BY at",
                subject=SQL.identifier(subject),
                whose=WHOSE,
                uid=self.env.uid,
                way=way,
                stages=self._stages(),
                wanted=self._wanted(subject),
            )
        )

    def _stages(self):
        """Give the stage of each kind and its place among moves of the same second."""
        stages = self.env["crm.lifecycle.stage"]
        return SQL(", ").join(
            SQL("(%s, %s, %s)", kind, stages._first(kind).id, place)
            for place, kind in enumerate(("former", "lead", "prospect", "customer"))
        )

    def _wanted(self, subject):
        """Give the condition of the records that get a past: those without any yet.

        Our own companies and their people get none.
        """
        if subject == "lead_id":
            return SQL("w.record_id IN (SELECT id FROM crm_lead WHERE lifecycle_stage_id IS NULL)")
        return SQL(
            "w.record_id IN (SELECT p.id FROM res_partner p"
            " WHERE p.lifecycle_stage_id IS NULL AND NOT EXISTS"
            " (SELECT FROM res_company c WHERE c.partner_id = p.commercial_partner_id))"
        )

    def _set_stages(self, table, subject):
        """Set the stage of each record to that of its last transition."""
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s r"
                " SET lifecycle_stage_id = t.to_stage_id, lifecycle_kind = s.kind,"
                "  lifecycle_date = t.date"
                " FROM (SELECT DISTINCT ON (%(subject)s)"
                "   %(subject)s AS record_id, to_stage_id, date"
                "  FROM crm_lifecycle_transition WHERE %(subject)s IS NOT NULL"
                "  ORDER BY %(subject)s, date DESC, id DESC) t"
                " JOIN crm_lifecycle_stage s ON s.id = t.to_stage_id"
                " WHERE r.id = t.record_id AND r.lifecycle_stage_id IS NULL",
                table=SQL.identifier(table),
                subject=SQL.identifier(subject),
            )
        )
