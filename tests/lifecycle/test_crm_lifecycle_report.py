import random
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user, tagged

from ..common import LifecycleCase
from . import recount

START = datetime(2025, 1, 1, 8)
NOW = "2026-06-15 12:00:00"
STAGES = ("suspect", "lead", "mal", "mql", "prospect", "customer", "former", None)


class ReportCase(LifecycleCase):
    """Histories written move by move, and the report counted again beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.lifecycle.report"].with_context(tz="UTC")
        cls._forget_history()

    @classmethod
    def _forget_history(cls):
        cls.env.flush_all()
        cls.env.cr.execute("DELETE FROM crm_lifecycle_transition")
        cls.env.invalidate_all()

    @classmethod
    def _people(cls):
        """Give records of all sorts: a company and its contacts, leads with and without one."""
        company = cls._contact(name="Bakery", is_company=True)
        baker, seller = (cls._contact(name=n, parent_id=company.id) for n in ("Baker", "Seller"))
        alone = cls._contact(name="Alone")
        partners = [baker, baker, seller, company, alone]
        leads = [cls._lead(partner_id=partner.id) for partner in partners]
        records = [company, baker, seller, alone, *leads, cls._lead(), cls._lead()]
        cls._forget_history()
        return records

    @classmethod
    def _write_history(cls, moves):
        """Add transitions ``(record, stage or None, date, values)``, each from where it was."""
        place, rows = {}, []
        for record, stage, moment, values in sorted(moves, key=lambda move: move[2]):
            target = getattr(cls, stage) if stage else cls.lead.browse()
            rows.append(
                {
                    "lead_id": record.id if record._name == "crm.lead" else False,
                    "partner_id": record.id if record._name == "res.partner" else False,
                    "from_stage_id": place.get(record, target.browse()).id,
                    "to_stage_id": target.id,
                    "date": moment,
                    "direction": "forward",
                    **values,
                }
            )
            place[record] = target
        return cls.env["crm.lifecycle.transition"].sudo().create(rows)

    @classmethod
    def _random_history(cls, seed, records, count, choices):
        """Write random moves: same moments, moves within a kind, moves back and exits too."""
        dice = random.Random(seed)
        return cls._write_history(
            [
                (
                    dice.choice(records),
                    dice.choice(STAGES),
                    START + timedelta(hours=dice.randrange(0, 24 * 500, 5)),
                    {name: dice.choice(values) for name, values in choices.items()},
                )
                for _move in range(count)
            ]
        )

    def _way(self, record, *steps):
        """Write the history of one record: ``(stage, day)`` pairs."""
        return self._write_history(
            [(record, stage, START + timedelta(days=day), {}) for stage, day in steps]
        )

    def _step(self, kind, domain=()):
        return next(step for step in self.report._funnel(list(domain)) if step["kind"] == kind)

    def _rows(self, domain=()):
        return self.report.search(list(domain))

    def _assert_recounted(self):
        """Compare each value of each row with the recount."""
        expected = recount.recount(self.env)
        rows = self.report.search([])
        self.assertEqual(set(rows.ids), set(expected))
        for row in rows:
            for name, value in expected[row.id].items():
                if isinstance(value, float):
                    self.assertAlmostEqual(row[name], value, 6, (row.id, name))
                else:
                    self.assertEqual(row[name], value, (row.id, name))
        self._assert_funnel(expected.values(), self.report._funnel([]))

    def _assert_funnel(self, rows, steps):
        """Compare the figures of a funnel with the recount of these rows."""
        expected = recount.funnel_of(list(rows))
        for step in steps:
            for name, value in expected[step["kind"]].items():
                message = (step["kind"], name)
                if value is None:
                    self.assertIsNone(step[name], message)
                else:
                    self.assertAlmostEqual(step[name], value, 6, message)


@tagged("post_install", "-at_install")
class TestCrmLifecycleReport(ReportCase):
    def test_a_jump_converts_the_kind_left_and_skips_the_others(self):
        lead = self._people()[-1]
        self._way(lead, ("suspect", 0), ("customer", 10))
        suspect, customer = self._rows().sorted("date")
        self.assertEqual((suspect.kind, customer.kind), ("suspect", "customer"))
        self.assertEqual((suspect.conversion_rate, suspect.days_to_convert), (100, 10))
        self.assertEqual(self._step("lead")["entered"], 0)
        self.assertIsNone(self._step("customer")["rate"])

    def test_moves_back_and_forth_count_once(self):
        lead = self._people()[-1]
        self._way(lead, ("lead", 0), ("prospect", 5), ("lead", 8), ("prospect", 20), ("lead", 30))
        step = self._step("lead")
        self.assertEqual((step["entered"], step["converted"], step["rate"]), (1, 1, 100))
        self.assertEqual(step["median_days"], 5)
        prospect = self._rows([("kind", "=", "prospect")])
        self.assertEqual((prospect.entry_count, prospect.backward_count), (2, 2))
        self.assertEqual((prospect.conversion_rate, prospect.days_in_kind), (0, 3))

    def test_moves_within_a_kind_are_no_entries(self):
        lead = self._people()[-1]
        self._way(lead, ("lead", 0), ("mal", 2), ("mql", 4), ("mal", 6), ("prospect", 9))
        row = self._rows([("kind", "=", "lead")])
        self.assertEqual((row.entry_count, row.backward_count, row.days_to_convert), (1, 0, 9))
        self.assertEqual(row.stage_id, self.lead)

    def test_a_lead_that_became_a_contact_is_one_person(self):
        company, baker, *_others, lead, _free = self._people()
        self._way(lead, ("suspect", 0), ("lead", 3))
        self._way(baker, ("customer", 9))
        self.assertEqual(self._step("lead")["converted"], 0)
        lead.partner_id = baker
        step = self._step("lead")
        self.assertEqual((step["entered"], step["converted"], step["median_days"]), (1, 1, 6))
        self.assertEqual(self._rows([("kind", "=", "lead")]).partner_id, company)

    def test_leads_of_one_company_count_once(self):
        company, *_contacts, alone_lead = self._people()[:9]
        first, second, third = self.env["crm.lead"].search(
            [("partner_id", "child_of", company.id)], limit=3, order="id"
        )
        for day, lead in enumerate((first, second, third, alone_lead)):
            self._way(lead, ("lead", day))
        self.assertEqual(self._step("lead")["entered"], 2)

    def test_a_contact_that_follows_its_lead_in_the_same_moment_entered_once(self):
        company = self._people()[0]
        lead = self.env["crm.lead"].search([("partner_id", "=", company.id)])
        self._way(lead, ("lead", 0), ("prospect", 4))
        self._way(company, ("lead", 0), ("prospect", 4))
        self.assertEqual(self._rows().mapped("entry_count"), [1, 1])

    def test_churn_and_return_stand_apart(self):
        contact = self._people()[3]
        self._way(contact, ("customer", 0), ("former", 40), ("prospect", 60), ("customer", 70))
        step = self._step("customer")
        self.assertEqual((step["former"], step["former_rate"], step["rate"]), (1, 100, None))
        former = self._step("former")
        self.assertEqual((former["customers"], former["customer_median_days"]), (1, 30))
        self.assertIsNone(former["rate"])
        self.assertEqual(self._step("prospect")["customer_rate"], 100)

    def test_rates_in_a_pivot_leave_out_who_goes_nowhere_further(self):
        _company, _baker, _seller, alone, *_leads, lead, _free = self._people()
        self._way(lead, ("lead", 0), ("prospect", 5))
        self._way(alone, ("lead", 0), ("former", 9))
        [(rate,)] = self.report._read_group([], [], ["conversion_rate:avg"])
        self.assertAlmostEqual(rate, 100 / 3)

    def test_groups_follow_the_way(self):
        lead, other = self._people()[-2:]
        self._way(lead, ("lead", 0), ("customer", 5), ("former", 9))
        self._way(other, ("suspect", 0), ("prospect", 5))
        groups = self.report.formatted_read_group([], ["kind"], ["nbr:sum"])
        self.assertEqual(
            [group["kind"] for group in groups],
            ["suspect", "lead", "prospect", "customer", "former"],
        )
        groups = self.report.formatted_read_group([], ["kind", "date:month"], ["__count"])
        self.assertEqual(groups[0]["kind"], "suspect")

    def test_random_histories_equal_the_recount(self):
        for seed in range(4):
            self._random_history(seed, self._people(), 60, self._choices())
            self._assert_recounted()

    def test_many_random_people_equal_the_recount(self):
        records = [record for _group in range(12) for record in self._people()]
        self._random_history(7, records, 500, self._choices())
        self._assert_recounted()
        expected = recount.recount(self.env).values()
        source, middle = self._choices()["source_id"][0], START + timedelta(days=200)
        self._assert_funnel(
            [row for row in expected if row["source_id"].id == source],
            self.report._funnel([("source_id", "=", source)]),
        )
        self._assert_funnel(
            [row for row in expected if row["date"] >= middle],
            self.report._funnel([("date", ">=", middle)]),
        )

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 10), st.sampled_from(STAGES), st.integers(0, 6).map(lambda n: 31 * n)
            ),
            max_size=12,
        )
    )
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_any_small_history_equals_the_recount(self, moves):
        self._forget_history()
        if not hasattr(self, "records"):
            type(self).records = self._people()
        self._write_history(
            [
                (self.records[who], stage, START + timedelta(days=day), {})
                for who, stage, day in moves
            ]
        )
        self._assert_recounted()

    def test_no_rate_passes_100(self):
        records = [record for _group in range(4) for record in self._people()]
        self._random_history(11, records, 400, {})
        for step in self.report._funnel([]):
            for name in ("rate", "customer_rate", "former_rate"):
                self.assertLessEqual(step[name] or 0, 100)

    def test_empty(self):
        steps = self.report._funnel([])
        self.assertEqual([step["entered"] for step in steps], [0] * 5)
        self.assertEqual([step["rate"] for step in steps], [None] * 5)
        self.assertEqual(self.report._cohorts([], "lead")["months"], [])

    def test_nothing_may_be_seen(self):
        self.assertEqual(self.report._funnel([("id", "in", [])])[0]["entered"], 0)
        self.assertEqual(self.report._cohorts([("id", "in", [])], "lead")["total"]["size"], 0)

    def test_open_record(self):
        *_others, lead, _free = self._people()
        self._way(lead, ("lead", 0))
        action = self._rows().with_user(self.marketing).action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))

    def _choices(self):
        names = ("Fair", "Web", "Call")
        sources = [
            self.env["utm.source"].search([("name", "=", name)]).id
            or self.env["utm.source"].create({"name": name}).id
            for name in names
        ]
        users = [self.salesman.id, self.colleague.id, False]
        return {"source_id": [*sources, False], "user_id": users}


@tagged("post_install", "-at_install")
class TestLifecycleCohorts(ReportCase):
    @freeze_time(NOW)
    def test_random_histories_equal_the_recount(self):
        records = [record for _group in range(10) for record in self._people()]
        self._random_history(3, records, 500, {})
        rows = recount.recount(self.env).values()
        for kind in ("suspect", "lead", "prospect"):
            expected = recount.cohorts_of(rows, kind, date(2026, 6, 15))
            table = self.report._cohorts([], kind)
            self.assertEqual([row["month"] for row in table["months"]], sorted(expected))
            for row in table["months"]:
                size, counts = expected[row["month"]]
                self.assertEqual(row["size"], size)
                self.assertEqual([cell and cell["count"] for cell in row["cells"]], counts)
            self._assert_each_figure_opens_its_rows(table)

    def _assert_each_figure_opens_its_rows(self, table):
        """Count the rows that a click on each cell opens."""
        for row in (*table["months"], table["total"]):
            self.assertEqual(self.report.search_count(row["domain"]), row["size"])
            for number, cell in enumerate(row["cells"], 1):
                if cell:
                    bought = [("customer_date", "!=", False), ("customer_months", "<=", number)]
                    domain = [*cell.get("domain", row["domain"]), *bought]
                    self.assertEqual(self.report.search_count(domain), cell["count"])

    @freeze_time(NOW)
    def test_months_to_come_are_empty_and_not_zero(self):
        lead = self._people()[-1]
        self._write_history([(lead, "lead", datetime(2026, 3, 31, 23), {})])
        [row] = self.report._cohorts([], "lead")["months"]
        self.assertEqual(row["cells"][:3], [{"count": 0, "rate": 0}] * 2 + [None])

    @freeze_time(NOW)
    def test_a_month_begins_where_the_reader_lives(self):
        lead = self._people()[-1]
        self._write_history([(lead, "lead", datetime(2026, 3, 31, 23), {})])
        report = self.report.with_context(tz="Europe/Paris")
        table = report._cohorts([], "lead")
        self.assertEqual(table["months"][0]["month"], date(2026, 4, 1))
        self.assertEqual(report.search_count(table["months"][0]["domain"]), 1)

    def test_no_cohort_of_customers(self):
        with self.assertRaises(UserError):
            self.report.get_cohorts([], "customer")


@tagged("post_install", "-at_install")
class TestLifecycleReportAccess(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Branch"})
        cls.stranger = new_test_user(
            cls.env,
            login="lifecycle_stranger",
            groups="crm_lifecycle.group_lifecycle_user",
            company_id=cls.branch.id,
            company_ids=[(6, 0, cls.branch.ids)],
        )
        owners = (cls.salesman, cls.colleague, cls.env["res.users"])
        leads = [cls._lead(user_id=owner.id) for owner in owners]
        contact = cls._contact()
        cls._forget_history()
        home = {"company_id": cls.env.company.id}
        cls._write_history(
            [(record, "lead", START, home) for record in leads]
            + [(contact, "lead", START, {"company_id": cls.branch.id})]
            + [(cls._lead_nowhere(), "lead", START, {})]
        )

    @classmethod
    def _lead_nowhere(cls):
        contact = cls._contact(name="Nowhere")
        cls.env.flush_all()
        return contact

    def _seen(self, user, **context):
        report = self.report.with_user(user).with_context(**context)
        seen = len(report.search([]))
        self.assertEqual(report.get_funnel([])[1]["entered"], seen)
        return seen

    def test_who_sees_what(self):
        # given: a lead of each salesperson, one of nobody, a contact of the branch, one of all
        for user, count in (
            (self.salesman, 3),
            (self.colleague, 3),
            (self.marketing, 4),
            (self.manager, 4),
            (self.stranger, 2),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(user), count)

    def test_both_companies(self):
        self.marketing.company_ids |= self.branch
        companies = [self.env.company.id, self.branch.id]
        self.assertEqual(self._seen(self.marketing, allowed_company_ids=companies), 5)

    def test_not_for_other_employees(self):
        for call in ("get_funnel", "get_cohorts"):
            arguments = [[]] if call == "get_funnel" else [[], "lead"]
            with self.assertRaises(AccessError):
                getattr(self.report.with_user(self.employee), call)(*arguments)

    def test_nobody_writes(self):
        row = self.report.search([], limit=1).with_user(self.manager)
        with self.assertRaises(AccessError):
            row.write({"kind": "customer"})
