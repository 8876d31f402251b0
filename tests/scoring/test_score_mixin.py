from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ScoringCase


@tagged("post_install", "-at_install")
class TestScoreMixin(ScoringCase):
    """The score as a column of leads and contacts."""

    def setUp(self):
        super().setUp()
        for model in ("crm.lead", "res.partner"):
            for town, points in (("Lyon", 90), ("Paris", 50), ("Nice", 20)):
                domain = f"[('city', '=', '{town}')]"
                self._rule(target=model, domain=domain, points=points)
        stage = self.prospect.id
        towns = ("Nice", "Lyon", "Paris", "Brest")
        self.leads = self.env["crm.lead"].create(
            [{"name": t, "city": t, "user_id": self.salesman.id} for t in towns]
        )
        self.people = self.env["res.partner"].create(
            [{"name": t, "city": t, "lifecycle_stage_id": stage} for t in towns]
        )
        self.supplier = self._contact(name="Supplier")
        self.people |= self.supplier
        self.lead_policy._refresh()
        self.partner_policy._refresh()

    def _search(self, records, *domain, **options):
        model = records.with_user(self.salesman)
        found = model.search([("id", "in", records.ids), *domain], **options)
        return found.mapped("name")

    def test_sort_filter_and_group(self):
        for records in (self.leads, self.people):
            with self.subTest(model=records._name):
                named = [("name", "!=", "Supplier")]
                self.assertEqual(
                    self._search(records, *named, order="score desc"),
                    ["Lyon", "Paris", "Nice", "Brest"],
                )
                self.assertEqual(
                    self._search(records, ("score", ">=", 40), order="score"), ["Paris", "Lyon"]
                )
                self.assertEqual(self._search(records, ("score_temperature", "=", "hot")), ["Lyon"])
                self.assertNotIn("Lyon", self._search(records, ("score_temperature", "!=", "hot")))
                groups = records.with_user(self.salesman)._read_group(
                    [("id", "in", records.ids), ("score_temperature", "!=", False)],
                    ["score_temperature"],
                    ["__count", "score:avg"],
                )
                self.assertEqual(
                    {name: (count, score) for name, count, score in groups},
                    {"hot": (1, 90), "warm": (1, 50), "cold": (1, 20), "junk": (1, 0)},
                )

    def test_who_has_no_score(self):
        self.assertEqual((self.supplier.score, self.supplier.score_temperature), (0, False))
        self.assertNotIn("score", self.supplier.get_lifecycle_summary())
        found = self._search(self.people, ("score_temperature", "=", False))
        self.assertEqual(found, ["Supplier"])

    def test_a_first_no_lowers_the_score_at_once(self):
        lead = self._lead(city="Lyon", type="lead")
        lead._refresh_scores()
        before = lead.score
        lead.bant_budget = "no"
        self.assertEqual(lead.qualification_score, 0)
        self.assertLess(lead.score, before)

    def test_team_assignment_by_score(self):
        team = self.env["crm.team"].create({"name": "Hot leads"})
        team.assignment_domain = f"[('score', '>=', 70), ('id', 'in', {self.leads.ids})]"
        wanted = literal_eval(team.assignment_domain)
        self.assertEqual(self.env["crm.lead"].search(wanted), self.leads[1])
        self.assertEqual(self.leads.filtered_domain(wanted), self.leads[1], "as members choose")

    def test_a_page_of_leads_costs_one_query_for_all_scores(self):
        leads = self.env["crm.lead"].create([{"name": "L"} for _n in range(80)])
        leads._refresh_scores()
        names = ["score", "score_temperature"]
        for records in (leads[:1], leads):
            self.env.invalidate_all()
            records.with_user(self.env.user).read(["name"])
            with self.assertQueryCount(1):
                records.read(names)

    def test_who_does_not_sell_does_not_see_scores(self):
        people = self.people.with_user(self.employee)
        self.assertNotIn("score", people.fields_get())
        for action in (
            lambda: people.read(["score"]),
            lambda: people.search([("score", ">", 10)]),
            lambda: people.search([], order="score"),
            lambda: people._read_group([], ["score_temperature"]),
        ):
            with self.assertRaises(AccessError):
                action()

    def test_the_curve_shows_the_last_scores(self):
        lead = self.leads[0]
        lead.city = "Lyon"
        lead._refresh_scores()
        curve = lead.with_user(self.salesman).get_lifecycle_summary()["score"]["curve"]
        self.assertEqual([row["score"] for row in curve], [20, 90])
