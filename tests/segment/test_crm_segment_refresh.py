import random
from unittest.mock import patch

import psycopg2

from odoo.exceptions import ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ...models.segment.crm_segment_refresh import WAITING
from .common import SegmentCase


@tagged("post_install", "-at_install")
class TestRefresh(SegmentCase):
    def test_log_against_sets(self):
        """Random lives of people against sets of Python, refreshed at random moments."""
        lot = random.Random(3)
        people = self._people(12, city="Elsewhere")
        segment = self._segment()
        inside, log = set(), []
        for _step in range(60):
            person = lot.choice(people)
            person.city = lot.choice([self.town, "Elsewhere"])
            person.active = lot.random() < 0.8
            if lot.random() < 0.5:
                continue
            should = set(people.filtered(lambda one: one.active and one.city == self.town).ids)
            change = segment._refresh().get(segment, (0, 0))
            self.assertEqual(change, (len(should - inside), len(inside - should)))
            log += [("in", one) for one in should - inside]
            log += [("out", one) for one in inside - should]
            inside = should
            self.assertEqual(set(self.members(segment).ids), inside)
            self.assertEqual(segment.member_count, len(inside))
        rows = self.rows(segment)
        self.assertEqual(len(rows), sum(way == "in" for way, _one in log))
        self.assertEqual(
            len([row for row in rows if not row[1]]), sum(way == "out" for way, _one in log)
        )

    def test_run_without_a_difference_writes_nothing(self):
        self._people(3)
        segment, leads = self._segment(), self._segment(model="crm.lead")
        static = self._segment(kind="static")
        static._add(self.here)
        segments = segment | leads | static
        rows = self.env["crm.segment.member"].search([("segment_id", "in", segments.ids)])
        before = self.versions("crm_segment", segments.ids), self.versions(rows._table, rows.ids)
        with self.assertNoWrites():
            self.assertFalse(segments._refresh())
        self.assertEqual(
            (self.versions("crm_segment", segments.ids), self.versions(rows._table, rows.ids)),
            before,
        )

    def assertNoWrites(self):
        """Check that Odoo writes no segment meanwhile."""
        model = self.env.registry["crm.segment"]
        return patch.object(model, "write", side_effect=AssertionError("a segment was written"))

    def test_only_the_difference_is_written(self):
        people = self._people(5)
        segment = self._segment()
        rows = self.env["crm.segment.member"].search([("segment_id", "=", segment.id)])
        people[0].city = "Moved"
        kept = rows.filtered(lambda row: row.partner_id != people[0])
        before = self.versions(rows._table, kept.ids)
        self.assertEqual(segment._refresh(), {segment: (0, 1)})
        self.assertEqual(self.versions(rows._table, kept.ids), before)

    def test_who_comes_back_gets_another_row(self):
        person = self._people(1)
        segment = self._segment()
        for city in ("Moved", self.town):
            person.city = city
            segment._refresh()
        self.assertEqual(self.rows(segment), [(person, False), (person, True)])

    def test_archived_people_leave(self):
        people = self._people(2)
        segment, static = self._segment(), self._segment(kind="static")
        archived = self._segment([*self.here, ("active", "=", False)])
        static._add(self.here)
        people[0].active = False
        (segment | static | archived)._refresh()
        self.assertEqual(self.members(segment), people[1])
        self.assertEqual(self.members(static), people[1])
        self.assertEqual(self.members(archived), people[0])

    def test_one_statement_whatever_the_number(self):
        counts = []
        for number in (1, 100):
            segment = self._segment()
            self._people(number)
            segment._refresh()
            self._people(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            segment._refresh()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_busy_segment_is_left_to_the_other_run(self):
        segment = self._segment()
        self._people(1)
        with patch.object(self.env.registry["crm.segment"], "_lock", lambda _self: False):
            self.assertFalse(segment._refresh())
        self.assertEqual((segment.error, segment.member_count), (False, 0))

    def test_lock_of_another_transaction(self):
        segment = self.env["crm.segment"].browse(2**31 - 1)
        with db_connect(self.env.cr.dbname).cursor() as other:
            self.assertTrue(segment.with_env(self.env(cr=other))._lock())
            self.assertFalse(segment._lock())
        self.assertTrue(segment._lock())

    def test_lost_race_is_no_error(self):
        segment = self._segment()
        model = self.env.registry["crm.segment"]
        with patch.object(model, "_write_difference", side_effect=psycopg2.errors.UniqueViolation):
            self.assertFalse(segment._refresh())
        self.assertFalse(segment.error)
        with (
            patch.object(
                model, "_write_difference", side_effect=psycopg2.errors.SerializationFailure
            ),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            segment._refresh()

    def test_button_tells_what_changed(self):
        self._people(2)
        segment = self._segment()
        self._people(1)
        self.assertIn("1 entered, 0 left", segment.action_refresh()["params"]["message"])
        self.assertIn("Nothing has changed", segment.action_refresh()["params"]["message"])
        self.break_filter(segment, "[('gone', '=', 1)]")
        self.assertIn("cannot be used", segment.action_refresh()["params"]["message"])


@tagged("post_install", "-at_install")
class TestNested(SegmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._people(4)
        cls.people[:2].function = "Baker"
        cls.all = cls._segment(name="All")
        cls.bakers = cls._segment(
            [*cls.here, ("function", "=", "Baker")], name="Bakers of Segmentville"
        )

    def found(self, *conditions):
        return self.env["res.partner"].search([*self.here, *conditions])

    def test_operators(self):
        inside, outside = self.people[:2], self.people[2:]
        ids = self.bakers.ids
        for condition in (
            ("crm_segment_ids", "in", ids),
            ("crm_segment_ids", "=", ids[0]),
            ("crm_segment_ids", "=", "Bakers of Segmentville"),
            ("crm_segment_ids", "ilike", "bakers of seg"),
            ("crm_segment_ids.name", "=", "Bakers of Segmentville"),
            ("crm_segment_ids", "any", [("name", "=", "Bakers of Segmentville")]),
        ):
            self.assertEqual(self.found(condition), inside, condition)
            self.assertEqual(self.found("!", condition), outside, condition)
        for condition in (
            ("crm_segment_ids", "not in", ids),
            ("crm_segment_ids", "!=", ids[0]),
            ("crm_segment_ids", "not ilike", "bakers of seg"),
        ):
            self.assertEqual(self.found(condition), outside, condition)
        self.assertEqual(self.found(("crm_segment_ids", "!=", False)), self.people)
        self.assertFalse(self.found(("crm_segment_ids", "=", False)))
        (self.all | self.bakers).action_archive()
        self.assertEqual(self.found(("crm_segment_ids", "=", False)), self.people)
        self.assertEqual(self.found(("crm_segment_ids", "in", ids)), inside)

    def test_filtering_in_memory_is_the_same(self):
        domain = [("crm_segment_ids", "in", self.bakers.ids)]
        self.assertEqual(self.people.filtered_domain(domain), self.people[:2])
        self.assertEqual(self.people.filtered_domain(["!", *domain]), self.people[2:])

    def test_segment_of_segments_after_those_it_is_built_on(self):
        rest = self._segment(
            [
                ("crm_segment_ids", "in", self.all.ids),
                ("crm_segment_ids", "not in", self.bakers.ids),
            ],
            name="A rest that sorts before the others",
        )
        self.assertEqual(self.members(rest), self.people[2:])
        self.people[2].function = "Baker"
        rest._refresh()
        self.assertEqual(self.members(rest), self.people[3])
        self.assertEqual(self.bakers.member_count, 3)
        self.people[3].function = "Baker"
        with self.committing(self.env["crm.segment"]) as segments:
            segments._cron_refresh()
        self.assertFalse(self.members(rest))

    def test_leads_of_contacts_in_a_segment(self):
        lead = self._lead(partner_id=self.people[0].id)
        self._lead(partner_id=self.people[3].id)
        leads = self._segment(
            [("partner_id.crm_segment_ids", "in", self.bakers.ids)], model="crm.lead"
        )
        self.assertEqual(self.members(leads), lead)
        self.assertEqual(leads._depends_on(), self.bakers)

    def test_named_segments_are_known(self):
        for domain in (
            [("crm_segment_ids", "=", "Bakers of Segmentville")],
            [("crm_segment_ids", "ilike", "bakers of seg")],
            [("child_ids", "any", [("crm_segment_ids.name", "=", "Bakers of Segmentville")])],
        ):
            self.assertEqual(self._segment(domain)._depends_on(), self.bakers)

    def test_circles_are_refused(self):
        upper = self._segment([("crm_segment_ids", "in", self.bakers.ids)], name="Upper")
        with self.assertRaisesRegex(ValidationError, "Bakers.*Upper|Upper.*Bakers"):
            self.bakers.domain = repr([("crm_segment_ids", "in", upper.ids)])
        with self.assertRaisesRegex(ValidationError, "circle"):
            upper.domain = repr([("crm_segment_ids", "in", upper.ids)])
        with self.assertRaisesRegex(ValidationError, "circle"):
            upper.domain = repr([("crm_segment_ids", "=", False)])

    def test_circle_that_came_in_past_the_checks(self):
        upper = self._segment([("crm_segment_ids", "in", self.bakers.ids)], name="Upper")
        self.break_filter(self.bakers, [("crm_segment_ids", "in", upper.ids)])
        self._people(1)
        with self.committing(self.env["crm.segment"]) as segments:
            segments._cron_refresh()
        self.assertIn("circle", upper.error)
        self.assertIn("Upper", self.bakers.error)
        self.assertEqual(self.all.member_count, 5)
        self.bakers.domain = repr([*self.here, ("function", "=", "Baker")])
        upper._refresh()
        self.assertFalse((upper | self.bakers).filtered("error"))


@tagged("post_install", "-at_install")
class TestBrokenFilters(SegmentCase):
    def test_broken_filter_stops_nothing(self):
        people = self._people(1)
        good, broken = self._segment(), self._segment(name="A broken one")
        filters = {
            "[('gone', '=', 1)]": "“gone”",
            "[('gone.further', '=', 1)]": "“gone”",
            "nonsense": "cannot be used",
            "[('signup_type', '!=', False)]": "may not see",
            "[('id', '=', 10**30)]": "cannot be used",
        }
        for domain, words in filters.items():
            self.break_filter(broken, domain)
            people += self._people(1)
            with self.committing(self.env["crm.segment"]) as segments:
                segments._cron_refresh()
            self.assertIn(words, broken.error)
            self.assertEqual(good.member_count, len(people))
            self.assertFalse(good.error)
            self.assertEqual(broken.member_count, 1, "the members stay as they were")
        broken.domain = repr(self.here)
        self.assertFalse(broken.error)
        self.assertEqual(broken.member_count, len(people))

    def test_error_is_written_once(self):
        segment = self._segment()
        self.break_filter(segment, "[('gone', '=', 1)]")
        segment._refresh()
        before = self.versions("crm_segment", segment.ids)
        segment._refresh()
        self.assertEqual(self.versions("crm_segment", segment.ids), before)

    def test_owner_lost_the_right(self):
        self._lead(city=self.town)
        segment = self._segment(model="crm.lead")
        self.marketing.group_ids = self.env.ref("base.group_user")
        segment.sudo()._refresh()
        self.assertIn("Marketing may not see", segment.sudo().error)

    def test_owner_left_the_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketing.company_ids |= company
        segment = self._segment(company_id=company.id)
        self.marketing.company_ids -= company
        segment.sudo()._refresh()
        self.assertTrue(segment.sudo().error)


@tagged("post_install", "-at_install")
class TestCron(SegmentCase):
    def test_cron_commits_each_segment(self):
        segments = self._segment() | self._segment(kind="static")
        self._people(2)
        with self.enter_registry_test_mode():
            self.env.ref("crm_lifecycle.ir_cron_segments").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(segments.mapped("member_count"), [2, 0])

    def test_next_call_goes_on_where_the_time_was_over(self):
        self.segments.search([("id", "!=", 0)]).sudo().active = False
        segments = self._segment(name="A") | self._segment(name="B") | self._segment(name="C")
        self._people(1)
        done = []

        def note(segment):
            done.append(segment)

        cron, model = self.env.registry["ir.cron"], self.env.registry["crm.segment"]
        with (
            patch.object(cron, "_commit_progress", lambda *_args, **_names: 0),
            patch.object(model, "_refresh_one", note),
        ):
            for _call in range(4):
                self.env["crm.segment"]._cron_refresh()
        self.assertEqual([segment.name for segment in done], ["A", "B", "C", "A"])
        self.assertEqual(
            self.env["ir.config_parameter"].get_param(WAITING), f"{segments[1].id},{segments[2].id}"
        )

    def test_segment_that_somebody_changes_is_left_to_the_next_night(self):
        segment = self._segment()
        self._people(1)
        model = self.env.registry["crm.segment"]
        error = psycopg2.errors.SerializationFailure
        with (
            patch.object(model, "_write_difference", side_effect=error),
            self.committing(self.env["crm.segment"]) as segments,
        ):
            segments._cron_refresh()
        self.assertEqual((segment.member_count, segment.error), (0, False))
