import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from . import oracle
from .common import ScoringCase

EVENTS = ("sent", "opened", "clicked", "replied", "received", "met", "bounced", "unsubscribed")
RECORDS = 10_000


@tagged("post_install", "-at_install")
class TestReceipt(ScoringCase):
    """The receipt says what the score is made of, to the last point."""

    def setUp(self):
        super().setUp()
        self.country = self._rule(name="France", domain="[('city', '=', 'Lyon')]", points=60)
        self.click = self._rule(
            name="Click",
            event="clicked",
            points=10,
            max_points=15,
            half_life_days=30,
            window_days=90,
        )
        self.contact = self._contact()
        values = {"partner_id": self.contact.id, "user_id": self.salesman.id}
        self.lead = self._lead(city="Lyon", **values)

    def _parts(self, receipt):
        return {part["name"]: part["value"] for part in receipt["parts"]}

    def test_lines_say_points_events_age_and_limit(self):
        for days in (2, 4, 100):
            self._touch(self.lead, days=days)
        self._touch(self.lead, days=1, is_bot=True)
        self.lead._refresh_scores()
        receipt = self.lead._score_receipt()
        fit, click = receipt["lines"]
        self.assertEqual((fit["name"], fit["points"], fit["count"]), ("France", 60, 0))
        self.assertEqual((click["points"], click["count"], click["age_days"]), (15, 2, 2))
        self.assertEqual((click["half_life_days"], click["max_points"]), (30, 15))
        self.assertEqual(click["before_cap"], 19)
        self.assertEqual(self._parts(receipt), {"fit": 60, "engagement": 15})
        self.assertEqual(receipt["score"], self.lead.score)
        self.assertEqual(sum(part["share"] for part in receipt["parts"]), self.lead.score)

    def test_what_the_limits_of_a_part_take_away_is_a_line(self):
        self._rule(domain="[]", points=70)
        receipt = self.lead._score_receipt()
        self.assertEqual(receipt["corrections"], [{"component": "fit", "points": -30}])
        self.assertEqual(self._parts(receipt)["fit"], 100)

    def test_faded_events_are_shown_and_silent_rules_without_points_are_not(self):
        self._rule(name="Silence", kind="silence", points=-10, window_days=60)
        self._touch(self.lead, days=89)
        self.click.points = 1
        names = {line["name"]: line["points"] for line in self.lead._score_receipt()["lines"]}
        self.assertEqual(names, {"France": 60, "Click": 0})

    def test_reading_the_receipt_brings_the_score_up_to_date(self):
        self.lead._refresh_scores()
        self._touch(self.lead)
        receipt = self.lead.with_user(self.salesman).get_score_receipt()
        self.assertEqual(receipt["score"], self.lead.score)
        self.assertEqual(receipt["labels"]["fit"], "Fit")
        self.assertEqual(self._history(self.lead)[-1], receipt["score"])

    def test_a_lead_of_somebody_else_has_no_receipt(self):
        self.lead.user_id = self.colleague
        with self.assertRaises(AccessError):
            self.lead.with_user(self.salesman).get_score_receipt()

    def test_lines_open_their_touchpoints_and_records(self):
        self._touch(self.lead, days=3)
        self._touch(self.lead, days=95)
        self._touch(self.lead, days=3, is_bot=True)
        action = self.lead.with_user(self.salesman).action_open_score_line(self.click.id)
        found = self.env["crm.touchpoint"].search(action["domain"])
        self.assertEqual(found.mapped("event"), ["clicked"])
        action = self.lead.action_open_score_line(self.country.id)
        self.assertIn(self.lead, self.env["crm.lead"].search(action["domain"]))

    def test_touchpoints_of_the_contact_count_for_the_lead(self):
        other = self._lead(partner_id=self.contact.id)
        self._touch(self.contact, days=30)
        self._touch(self.lead, days=30, partner_id=self.contact.id)
        self._touch(other, partner_id=self.contact.id)
        (click,) = [x for x in self.lead._score_receipt()["lines"] if x["rule_id"] == self.click.id]
        self.assertEqual((click["points"], click["count"]), (10, 2))
        action = self.lead.action_open_score_line(self.click.id)
        self.assertEqual(self.env["crm.touchpoint"].search_count(action["domain"]), 2)

    def test_a_contact_out_of_the_lifecycle_has_no_receipt(self):
        self.assertIsNone(self._contact()._score_receipt())
        self.assertFalse(self._contact().get_score_receipt())


@tagged("post_install", "-at_install")
class TestReceiptsAreScores(ScoringCase):
    """Random rules, touchpoints and records: the sum of each receipt is the score."""

    def setUp(self):
        super().setUp()
        chance = self.chance = random.Random(1)
        towns = [f"Town {n}" for n in range(6)]
        self.by_town = {
            town: self._rule(
                name=town, domain=f"[('city', '=', '{town}')]", points=chance.randint(-40, 90)
            )
            for town in towns
        }
        self._rule(domain="[('phone', '!=', False)]", points=25, component="engagement")
        for event in EVENTS:
            self._rule(
                name=event,
                event=event,
                points=chance.randint(-30, 40),
                max_points=chance.choice((0, 15, 50)),
                half_life_days=chance.choice((0, 7, 30, 90)),
                window_days=chance.choice((0, 60, 180)),
            )
        self._rule(name="any", channel_id=self.channel.id, direction="inbound", points=2)
        self._rule(name="silent", kind="silence", points=-15, window_days=45)
        self.all_rules = self.lead_policy._rules()

    def _make(self, count):
        """Insert leads and touchpoints by SQL; give what the oracle needs, by id."""
        chance, today = self.chance, fields.Date.today()
        self.env.flush_all()
        template = self._lead()
        self.env.cr.execute(
            """
            INSERT INTO crm_lead (name, type, active, won_status, company_id, stage_id,
                                  qualification_state, qualification_score, user_id)
            SELECT 'Random', 'lead', TRUE, 'pending', company_id, stage_id, 'open', 0, user_id
              FROM crm_lead, generate_series(1, %s) WHERE id = %s RETURNING id
            """,
            (count, template.id),
        )
        people = {}
        leads, touches = [], []
        for (lead_id,) in self.env.cr.fetchall():
            town = chance.choice([*self.by_town, None])
            phone = chance.choice((None, "+33612345678"))
            known = chance.randint(0, 120)
            asked = chance.choice((None, None, chance.randint(0, 100)))
            leads.append((lead_id, town, phone, today - timedelta(known), asked))
            own = [
                oracle.Touch(
                    event,
                    chance.choice(("inbound", "outbound")),
                    chance.randint(0, 250),
                    chance.random() < 0.1,
                    self.channel.id,
                )
                for event in chance.choices(EVENTS, k=chance.choice((0, 0, 1, 3, 8)))
            ]
            touches += [(lead_id, *touch) for touch in own]
            people[lead_id] = own, known, town, phone, asked
        self._insert(leads, touches, today)
        return people

    def _insert(self, leads, touches, today):
        self.env.cr.execute(
            """
            UPDATE crm_lead l SET city = v.city, phone = v.phone, create_date = v.day,
                   qualification_state = CASE WHEN v.asked IS NULL THEN 'open' ELSE 'partial' END,
                   qualification_score = COALESCE(v.asked, 0)
              FROM unnest(%s, %s, %s, %s::timestamp[], %s) v (id, city, phone, day, asked)
             WHERE l.id = v.id
            """,
            tuple(map(list, zip(*leads, strict=True))),
        )
        rows = [(lead, e, d, today - timedelta(days), bot) for lead, e, d, days, bot, _ in touches]
        self.env.cr.execute(
            """
            INSERT INTO crm_touchpoint (lead_id, event, direction, date, is_bot, channel_id)
            SELECT v.*, %s FROM unnest(%s, %s, %s, %s::timestamp[], %s) v
            """,
            (self.channel.id, *map(list, zip(*rows, strict=True))),
        )
        self.env.invalidate_all()

    def test_sum_of_10_000_receipts(self):
        people = self._make(RECORDS)
        self.lead_policy._refresh()
        leads = self.env["crm.lead"].browse(people)
        receipts = leads._score_receipts()
        self.assertEqual(len(receipts), RECORDS)
        stored = {row.lead_id.id: row for row in self._rows(leads)}
        for lead in leads:
            self._check_receipt(receipts[lead.id], stored[lead.id])

    def _rows(self, leads):
        return self.env["crm.score"].sudo().search([("lead_id", "in", leads.ids)])

    def _check_receipt(self, receipt, row):
        shares = sum(part["share"] for part in receipt["parts"])
        self.assertEqual((shares, receipt["score"]), (row.score, row.score))
        self.assertEqual(receipt["temperature"], row.temperature)
        corrections = {line["component"]: line["points"] for line in receipt["corrections"]}
        for part in receipt["parts"]:
            name = part["name"]
            if name != "qualification":
                lines = sum(x["points"] for x in receipt["lines"] if x["component"] == name)
                self.assertEqual(lines + corrections.get(name, 0), part["value"])
            self.assertEqual(part["value"], row[name])

    def test_the_statement_is_the_plain_functions(self):
        people = self._make(600)
        self.lead_policy._refresh()
        rows = {row.lead_id.id: row for row in self._rows(self.env["crm.lead"].browse(people))}
        phone_rule = self.all_rules.filtered(lambda rule: "phone" in (rule.domain or ""))
        weights = self.lead_policy._weights()
        for lead_id, (touches, known, town, phone, asked) in people.items():
            matches = self.by_town.get(town, self.rules) | (phone_rule if phone else self.rules)
            parts, score = oracle.score(self.all_rules, touches, known, matches, weights, asked)
            row = rows[lead_id]
            self.assertEqual((row.fit, row.engagement), (parts["fit"], parts["engagement"]))
            self.assertEqual(row.score, score, touches)
