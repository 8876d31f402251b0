import random
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import LifecycleCase

RANKS = {"lead": 2, "prospect": 3, "customer": 4}


def climb(events):
    """Keep the events (date, kind) that lead further than all before them."""
    best = 0
    for date, kind in sorted(events, key=lambda event: (event[0], -RANKS[event[1]])):
        if RANKS[kind] > best:
            best = RANKS[kind]
            yield date, kind


def buy(dates, patience, now):
    """Tell when who buys on these dates becomes a customer, a former one, and one again."""
    for before, date, after in zip([None, *dates], dates, [*dates[1:], now], strict=False):
        if before is None or before + patience < date:
            yield date, "customer"
        if date + patience < after:
            yield date + patience, "former"


@tagged("post_install", "-at_install")
class TestCrmLifecycleBackfill(LifecycleCase):
    """The first install on an old database, against a recount in plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = datetime.now().replace(microsecond=0)
        cls.journal = cls.env["account.journal"].create(
            {"name": "Old", "code": "OLDDB", "type": "general"}
        )

    def _insert(self, table, **values):
        """Add a row as an old database has it: nothing of ours has seen it come."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )
        return self.env.cr.fetchone()[0]

    def _old_lead(self, created, partner=None, **values):
        return self._insert(
            "crm_lead",
            **{
                "name": "Old lead",
                "type": "lead",
                "active": True,
                "won_status": "pending",
                "create_date": created,
                "write_date": created,
                "partner_id": partner and partner.id,
                **values,
            },
        )

    def _old_order(self, created, partner, state="sale", **values):
        return self._insert(
            "sale_order",
            **{
                "name": "Old order",
                "state": state,
                "company_id": self.env.company.id,
                "create_date": created,
                "date_order": created,
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "partner_shipping_id": partner.id,
                **values,
            },
        )

    def _old_invoice(self, day, partner, **values):
        return self._insert(
            "account_move",
            **{
                "journal_id": self.journal.id,
                "company_id": self.env.company.id,
                "currency_id": self.env.company.currency_id.id,
                "move_type": "out_invoice",
                "state": "posted",
                "payment_state": "paid",
                "auto_post": "no",
                "date": day,
                "invoice_date": day,
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                **values,
            },
        )

    def _ago(self, **span):
        return self.now - relativedelta(**span)

    def _way(self, record):
        return [(row.date, row.to_stage_id.kind) for row in self.moves(record)]

    def _check_chain(self, record):
        """Check that the rows of a record follow each other and end where the record stands."""
        previous = None
        for row in self.moves(record):
            self.assertEqual(row.cause, "import")
            self.assertEqual(
                row.from_stage_id, previous.to_stage_id if previous else row.from_stage_id.browse()
            )
            days = (row.date - previous.date) / timedelta(days=1) if previous else 0
            self.assertAlmostEqual(row.days, days, places=2)
            direction = "backward" if row.to_stage_id.kind == "former" else "forward"
            self.assertEqual(row.direction, direction if previous else "entry")
            previous = row
        last = previous or self.env["crm.lifecycle.transition"]
        self.assertEqual(record.lifecycle_stage_id, last.to_stage_id)
        self.assertEqual(record.lifecycle_kind, last.to_stage_id.kind)
        self.assertEqual(record.lifecycle_date, last.date)

    def _run(self):
        self.env["crm.lifecycle.backfill"]._run()

    # ------------------------------------------------------------
    # One by one
    # ------------------------------------------------------------

    def test_lead_converted_quoted_and_won(self):
        created, converted, closed = self._ago(months=9), self._ago(months=8), self._ago(months=6)
        lead = self.env["crm.lead"].browse(
            self._old_lead(
                created,
                type="opportunity",
                date_conversion=converted,
                won_status="won",
                date_closed=closed,
            )
        )
        self._run()
        self.assertEqual(
            self._way(lead), [(created, "lead"), (converted, "prospect"), (closed, "customer")]
        )
        self._check_chain(lead)

    def test_customer_stops_and_comes_back(self):
        self.env.company.lifecycle_former_months = 12
        contact = self._contact()
        first, last, again = (
            self._ago(**span).date()
            for span in ({"years": 5}, {"years": 4, "months": 6}, {"months": 3})
        )
        for day in (first, last, again):
            self._old_invoice(day, contact)
        self._run()
        noon = time(12)
        self.assertEqual(
            self._way(contact),
            [
                (datetime.combine(first, noon), "customer"),
                (datetime.combine(last, noon) + relativedelta(months=12), "former"),
                (datetime.combine(again, noon), "customer"),
            ],
        )
        self._check_chain(contact)

    def test_what_does_not_count(self):
        contact = self._contact()
        day = self._ago(months=2).date()
        self._old_invoice(day, contact, state="draft")
        self._old_invoice(day, contact, payment_state="reversed")
        self._old_invoice(day, contact, move_type="out_refund")
        self._old_invoice(day, contact, move_type="in_invoice")
        self._old_order(self._ago(months=2), contact, state="draft")
        self._old_order(self._ago(months=2), contact, state="cancel")
        self._run()
        self.assertEqual(self._way(contact), [])
        self.assertFalse(contact.lifecycle_stage_id)

    def test_our_own_people_get_nothing(self):
        colleague = self._contact(parent_id=self.env.company.partner_id.id)
        self._old_invoice(self._ago(months=2).date(), colleague)
        self._run()
        self.assertFalse((colleague | self.env.company.partner_id).lifecycle_transition_ids)

    def test_who_has_a_stage_keeps_it(self):
        contact = self._contact(lifecycle_stage_id=self.mql.id)
        lead = self._lead(lifecycle_stage_id=self.mal.id)
        self._old_invoice(self._ago(months=2).date(), contact)
        self._old_order(self._ago(months=2), self._contact(), opportunity_id=lead.id)
        self._run()
        self.assertWay(contact, "mql")
        self.assertWay(lead, "mal")

    def test_a_second_run_adds_nothing(self):
        contact = self._contact()
        self._old_lead(self._ago(months=7), contact)
        self._old_invoice(self._ago(months=2).date(), contact)
        self._run()
        ways = self._way(contact)
        self._run()
        self.assertEqual(self._way(contact), ways)
        self.assertEqual(len(ways), 2)

    def test_whose_documents_they_were(self):
        contact = self._contact()
        team = self.env["crm.team"].create({"name": "Old team"})
        source = self.env["utm.source"].create({"name": "Old source"})
        self._old_invoice(
            self._ago(months=2).date(),
            contact,
            invoice_user_id=self.salesman.id,
            team_id=team.id,
            source_id=source.id,
        )
        self._run()
        row = contact.lifecycle_transition_ids
        self.assertEqual(
            (row.user_id, row.team_id, row.source_id, row.company_id),
            (self.salesman, team, source, self.env.company),
        )

    # ------------------------------------------------------------
    # All together, against a recount
    # ------------------------------------------------------------

    def test_random_histories_equal_a_recount(self):
        chance = random.Random(19)
        contacts = self._random_contacts()
        leads = {}
        for _number in range(120):
            lead_id, facts = self._random_lead(chance, contacts)
            leads[lead_id] = facts
        orders = [self._random_order(chance, contacts, leads) for _number in range(90)]
        invoices = [self._random_invoice(chance, contacts) for _number in range(260)]
        self._run()
        lead_ways = self._recount_leads(leads, orders)
        for lead in self.env["crm.lead"].with_context(active_test=False).browse(leads):
            self.assertEqual(self._way(lead), lead_ways[lead.id])
            self._check_chain(lead)
        kinds = set()
        for contact in contacts:
            way = self._recount_contact(contact, leads, lead_ways, orders, invoices)
            self.assertEqual(self._way(contact), way)
            self._check_chain(contact)
            kinds |= {kind for _date, kind in way}
        self.assertEqual(kinds, {*RANKS, "former"}, "the histories hold all kinds")

    def _random_contacts(self):
        companies = [self._contact(is_company=True) for _number in range(10)]
        people = [self._contact(parent_id=company.id) for company in companies for _twice in "ab"]
        return [*companies, *people, *(self._contact() for _number in range(40))]

    def _moment(self, chance, after=None):
        """Give a second of the last six years, or one soon after another moment."""
        if after is None:
            return self.now - timedelta(seconds=chance.randrange(86400, 6 * 365 * 86400))
        return min(after + timedelta(seconds=chance.randrange(60, 90 * 86400)), self.now)

    def _random_lead(self, chance, contacts):
        created = self._moment(chance)
        partner = chance.choice(contacts) if chance.random() < 0.7 else None
        values = {"write_date": self._moment(chance, created)}
        if chance.random() < 0.6:
            values["type"] = "opportunity"
            values["date_conversion"] = chance.choice(
                [None, created, self._moment(chance, created)]
            )
            if chance.random() < 0.4:
                values["won_status"] = "won"
                values["date_closed"] = chance.choice([None, self._moment(chance, created)])
        lead_id = self._old_lead(created, partner, **values)
        return lead_id, {"created": created, "partner": partner, "type": "lead", **values}

    def _random_order(self, chance, contacts, leads):
        created = self._moment(chance)
        lead_id = chance.choice([None, *leads])
        partner = (lead_id and leads[lead_id]["partner"]) or chance.choice(contacts)
        state = chance.choice(["draft", "sent", "sale", "sale", "cancel"])
        ordered = self._moment(chance, created) if chance.random() < 0.9 else created
        self._old_order(created, partner, state=state, date_order=ordered, opportunity_id=lead_id)
        return {
            "partner": partner,
            "lead": lead_id,
            "state": state,
            "created": created,
            "at": ordered,
        }

    def _random_invoice(self, chance, contacts):
        partner = chance.choice(contacts)
        values = {
            "move_type": chance.choice(
                ["out_invoice"] * 6 + ["out_receipt", "out_refund", "entry"]
            ),
            "state": chance.choice(["posted"] * 8 + ["draft", "cancel"]),
            "payment_state": chance.choice(["paid", "paid", "not_paid", "partial", "reversed"]),
        }
        day = self._moment(chance).date()
        self._old_invoice(day, partner, **values)
        return {"partner": partner, "at": datetime.combine(day, time(12)), **values}

    def _recount_leads(self, leads, orders):
        return {
            lead_id: list(climb(self._lead_events(lead_id, facts, orders)))
            for lead_id, facts in leads.items()
        }

    def _lead_events(self, lead_id, facts, orders):
        converted = facts.get("date_conversion") or facts["created"]
        if facts["type"] == "lead" or converted > facts["created"]:
            yield facts["created"], "lead"
        if facts["type"] == "opportunity":
            yield converted, "prospect"
        if facts.get("won_status") == "won":
            yield facts["date_closed"] or facts["write_date"], "customer"
        for order in orders:
            if order["lead"] == lead_id:
                yield from self._order_events(order)

    def _order_events(self, order):
        if order["state"] in ("sent", "sale"):
            yield min(order["created"], order["at"]), "prospect"
        if order["state"] == "sale":
            yield order["at"], "customer"

    def _recount_contact(self, contact, leads, lead_ways, orders, invoices):
        company = contact.commercial_partner_id
        events, own, bought = [], [], []
        for partner, date, kind in self._partner_events(leads, lead_ways, orders, invoices):
            concerned = contact in (partner | partner.commercial_partner_id)
            if kind != "customer":
                events += [(date, kind)] * concerned
                continue
            own += [date] * concerned
            bought += [date] * (partner.commercial_partner_id == company)
        first = min(own, default=datetime.max)
        patience = relativedelta(months=self.env.company.lifecycle_former_months)
        return [
            *((date, kind) for date, kind in climb(events) if date < first),
            *buy(sorted(date for date in bought if date >= first), patience, self.now),
        ]

    def _partner_events(self, leads, lead_ways, orders, invoices):
        """Give all that happened to contacts: (contact named, date, kind)."""
        for lead_id, way in lead_ways.items():
            if leads[lead_id]["partner"]:
                yield from ((leads[lead_id]["partner"], *step) for step in way)
        for facts in leads.values():
            if facts["partner"] and facts.get("won_status") == "won":
                yield facts["partner"], facts["date_closed"] or facts["write_date"], "customer"
        for order in orders:
            yield from ((order["partner"], *event) for event in self._order_events(order))
        for invoice in invoices:
            if (
                invoice["state"] == "posted"
                and invoice["move_type"] in ("out_invoice", "out_receipt")
                and invoice["payment_state"] != "reversed"
            ):
                yield invoice["partner"], invoice["at"], "customer"
