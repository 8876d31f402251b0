import random
from contextlib import nullcontext
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from . import oracle
from .common import JuneCase, RfmCase
from .oracle import Document

AS_OF = date(2026, 6, 30)
REFRESH_LOG = "odoo.addons.crm_lifecycle.models.rfm.crm_rfm_policy_refresh"
#: The map of the cells that the addon ships, written down once more.
MAP = {
    "champions": ("54", "55"),
    "loyal": ("34", "35", "44", "45"),
    "potential_loyalist": ("42", "43", "52", "53"),
    "new": ("51",),
    "promising": ("41",),
    "need_attention": ("33",),
    "about_to_sleep": ("31", "32"),
    "at_risk": ("13", "14", "23", "24"),
    "cant_lose": ("15", "25"),
    "hibernating": ("11", "12", "21", "22"),
}
SEGMENT_OF = {cell: code for code, cells in MAP.items() for cell in cells}


def random_documents(seed, customers=12, count=90):
    """Draw invoices, receipts, credit notes, drafts and full reversals of two companies."""
    chance = random.Random(seed)
    documents = []
    while len(documents) < count:
        invoice = Document(
            customer=min(int(chance.expovariate(0.4)), customers - 1),
            company=chance.choice((0, 0, 0, 1)),
            day=AS_OF + timedelta(days=chance.randint(-1_400, 60)),
            amount=chance.choice((10, 50, 50, 120.5, 300)),
            move_type=chance.choice(("out_invoice",) * 6 + ("out_receipt", "in_invoice")),
            state=chance.choice(("posted",) * 8 + ("draft", "cancel")),
        )
        number = len(documents)
        fate = chance.random()
        if invoice.state == "posted" and invoice.move_type == "out_invoice" and fate < 0.35:
            whole = fate < 0.2
            parts = (0.5, 0.5) if whole and fate < 0.1 else (1,) if whole else (0.4,)
            documents.append(invoice._replace(payment_state="reversed" if whole else "partial"))
            documents += [
                invoice._replace(
                    day=invoice.day + timedelta(days=chance.randint(0, 200)),
                    amount=-invoice.amount * part,
                    move_type="out_refund",
                    undoes=number,
                )
                for part in parts
            ]
        else:
            documents.append(invoice)
    return documents


@tagged("post_install", "-at_install")
class TestRefreshAgainstOracle(RfmCase):
    """Random histories, recounted one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other shop"})
        cls.companies = (cls.company, cls.other)
        cls.people = [cls._contact(name=f"Customer {n}", active=n != 3) for n in range(12)]

    def _write(self, documents, order=None):
        """Put the documents into the database, in any order."""
        ids = {}
        for number in order or range(len(documents)):
            document = documents[number]
            ids[number] = self._sale(
                self.people[document.customer],
                document.day,
                abs(document.amount),
                document.move_type,
                company=self.companies[document.company],
                state=document.state,
                payment_state=document.payment_state,
            )
        for number, document in enumerate(documents):
            if document.undoes is not None:
                self.env.cr.execute(
                    "UPDATE account_move SET reversed_entry_id = %s WHERE id = %s",
                    (ids[document.undoes], ids[number]),
                )

    def _found(self, policy):
        rows = self.env["crm.rfm.score"].sudo().search([("policy_id", "=", policy.id)])
        number = {partner.id: place for place, partner in enumerate(self.people)}
        return {number[row.partner_id.id]: row for row in rows}

    def _check(self, documents, company, policy, as_of, **rules):
        expected = oracle.figures(documents, company, as_of, policy.window_months, **rules)
        found = self._found(policy)
        self.assertEqual(
            {customer: (row.last_date, row.frequency) for customer, row in found.items()},
            {customer: row[:2] for customer, row in expected.items()},
        )
        for customer, row in found.items():
            self.assertAlmostEqual(row.monetary, expected[customer][2], places=2)
        return expected, found

    def test_figures_and_scores_of_two_companies(self):
        for seed in range(12):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                documents = random_documents(seed)
                self._write(documents)
                for company in (0, 1):
                    policy = self.policy._default_for(self.companies[company])
                    policy._refresh(AS_OF)
                    expected, found = self._check(documents, company, policy, AS_OF)
                    for customer, scores in oracle.scores(expected, AS_OF).items():
                        row = found[customer]
                        self.assertEqual((row.r_score, row.f_score, row.m_score), scores)
                        cell = "{}{}".format(*scores[:2])
                        code = SEGMENT_OF.get(cell, "lost")
                        self.assertEqual(row.segment_id.code, code)
                        self.assertEqual(row.code, f"{cell}{scores[2]}" if scores[0] else False)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_policies_of_other_windows_and_units(self):
        for seed in range(12, 16):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                documents = random_documents(seed)
                self._write(documents)
                self.policy.write({"window_months": 7, "one_per_day": False})
                for as_of in (AS_OF, AS_OF - timedelta(days=400)):
                    self.policy._refresh(as_of)
                    self._check(documents, 0, self.policy, as_of, per_day=False)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_order_of_the_rows_does_not_matter(self):
        documents = random_documents(20)
        columns = "last_date, frequency, monetary, r_score, f_score, m_score, segment_id"
        results = []
        for seed in (1, 2):
            with self.env.cr.savepoint() as savepoint:
                order = list(range(len(documents)))
                random.Random(seed).shuffle(order)
                self._write(documents, order)
                self.policy._refresh(AS_OF)
                query = SQL(
                    "SELECT partner_id, %s FROM crm_rfm_score WHERE policy_id = %s ORDER BY 1",
                    SQL(columns),
                    self.policy.id,
                )
                results.append(self.env.execute_query(query))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(results[0])
        self.assertEqual(*results)

    def test_a_day_of_the_past_gives_the_same_again(self):
        """Whatever happened since: the rows of a day are those that its refresh wrote."""
        documents = random_documents(21)
        days = [AS_OF - relativedelta(months=n) for n in (9, 6, 3, 0)]
        written = {}
        self._write(documents)
        for day in days:
            self.policy._refresh(day)
            written[day] = self._snapshot()
        for day in days[::-1]:
            self.policy._refresh(day)
            self.assertEqual(self._snapshot(), written[day], day)

    def _snapshot(self):
        return {
            row.partner_id.id: (row.last_date, row.code, row.segment_id.code, row.monetary)
            for row in self._found(self.policy).values()
        }


@tagged("post_install", "-at_install")
class TestRefresh(JuneCase):
    def policy_rows(self):
        return self.env["crm.rfm.score"].search([("policy_id", "=", self.policy.id)])

    def test_a_second_run_writes_nothing(self):
        customer = self._customer("2026-06-01", "2026-05-01")
        (first,) = self.policy._refresh().values()
        self.assertEqual((first["added"], first["changed"]), (1, 0))
        self.env.cr.execute(
            "SELECT xmin, ctid FROM crm_rfm_score WHERE partner_id = %s", [customer.id]
        )
        before = self.env.cr.fetchall()
        (second,) = self.policy._refresh().values()
        self.assertEqual(
            [second[name] for name in ("added", "changed", "removed", "moved")], [0, 0, 0, 0]
        )
        self.env.cr.execute(
            "SELECT xmin, ctid FROM crm_rfm_score WHERE partner_id = %s", [customer.id]
        )
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_moves_follow_the_segments(self):
        customer = self._customer("2026-06-01")
        self.policy._refresh("2026-06-02")
        self.assertEqual(self._row(customer).segment_id, self.segments["new"])
        self.assertEqual(self._moves_of(customer), [], "nothing is known of the time before")
        for month in range(1, 6):
            self._sale(customer, date(2026, month, 5))
        late = self._customer("2026-06-10")
        self.policy._refresh("2026-06-30")
        self.assertEqual(self._moves_of(customer), [("new", "champions")])
        self.assertEqual(self._moves_of(late), [("prospect", "new")])
        self.policy._refresh("2029-01-01")
        self.assertEqual(self._row(late).segment_id, self.segments["lost"])
        self.assertEqual(self._moves_of(late)[-1], ("new", "lost"))

    def test_the_first_refresh_replays_the_past(self):
        self.policy.replay_months = 3
        customer = self._customer("2026-01-02", "2026-05-20")
        self.policy._refresh_with_past()
        self.assertEqual(self.policy.history_start, date(2026, 3, 31))
        self.assertEqual(self.policy.history_date, date(2026, 6, 30))
        self.assertEqual(self._moves_of(customer), [("promising", "potential_loyalist")])

    def test_a_replay_that_was_stopped_goes_on(self):
        self.policy.replay_months = 12
        self._customer("2026-01-02", "2026-05-20")
        first = self.policy._refresh_days()
        self.assertEqual([str(day) for day in first[:2]], ["2026-01-31", "2026-02-28"])
        self.policy._refresh(first[0])
        self.assertEqual(self.policy._refresh_days(), first[1:])
        self.policy._refresh_with_past()
        self.assertEqual(self.policy._refresh_days(), first[-1:])

    def test_cuts_of_a_handful_are_renewed_when_many_have_come(self):
        self.policy.method = "frozen"
        self._customer("2026-06-01")
        self.policy._refresh("2026-06-02")
        self.assertEqual(self.policy.cut_ids.customer_count, 1)
        for day in range(1, 29):
            for _n in range(2):
                self._customer(f"2026-06-{day:02}")
        (written,) = self.policy._refresh("2026-06-30").values()
        self.assertEqual((written["added"], written["moved"]), (56, 56 + written["changed"]))
        for customer in self.policy_rows().partner_id:
            self.assertLessEqual(len(self._moves_of(customer)), 1)
        self.assertEqual(self.policy._thresholds().customer_count, 57)
        self.assertGreater(len(set(self.policy_rows().mapped("r_score"))), 3)

    def test_looking_back_leaves_the_history_as_it_is(self):
        customer = self._customer("2026-01-02", "2026-05-20")
        self.policy._refresh("2026-05-31")
        self.policy._refresh("2026-02-01")
        self.assertEqual(self._row(customer).frequency, 1)
        self.assertEqual(self.policy.refresh_date, date(2026, 2, 1))
        self.policy._refresh()
        self.assertEqual(self._moves_of(customer), [])
        self.assertEqual(self.policy.history_date, date(2026, 6, 30))

    def test_a_reversal_in_parts_changes_no_day_before(self):
        """Half of an invoice before the window is credited in it; the rest only later."""
        customer = self._customer("2026-06-01")
        invoice = self._sale(customer, date(2024, 6, 1), 40)
        credit = {"move_type": "out_refund", "reversed_entry_id": invoice}
        self._sale(customer, date(2026, 6, 10), 20, **credit)
        self.policy._refresh("2026-06-30")
        self.assertEqual(self._row(customer).monetary, 80)
        self._sale(customer, date(2026, 7, 10), 20, **credit)
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'reversed' WHERE id = %s", [invoice]
        )
        self.policy._refresh("2026-06-30")
        self.assertEqual(self._row(customer).monetary, 80)
        self.policy._refresh("2026-07-31")
        self.assertEqual(self._row(customer).monetary, 100, "both parts are with the invoice")

    def test_who_did_not_buy_any_more_is_a_prospect_again(self):
        customer = self._customer("2026-06-01")
        self.policy._refresh()
        self.env.cr.execute(
            "UPDATE account_move SET state = 'draft' WHERE partner_id = %s", [customer.id]
        )
        self.policy._refresh()
        self.assertFalse(self._row(customer))
        self.assertEqual(self._moves_of(customer), [("new", "prospect")])

    def test_a_negative_net_never_has_a_top_m(self):
        customer = self._customer("2026-06-01", amount=10)
        self._sale(customer, date(2026, 6, 2), 10, "out_refund")
        self.policy.write({f"m_cut_{score}": -5 for score in (2, 3, 4, 5)})
        self.policy._refresh()
        self.assertEqual(self._row(customer).m_score, 1)
        self.assertEqual(self._row(customer).value_tier, "low")

    def test_own_companies_are_no_customers(self):
        self._sale(self.company.partner_id, date(2026, 6, 1))
        branch = self._contact(name="Our person", parent_id=self.company.partner_id.id)
        self._sale(branch, date(2026, 6, 1))
        self.policy._refresh()
        self.assertFalse(self._row(self.company.partner_id))

    def test_persons_buy_for_their_company(self):
        company = self._contact(name="Acme", is_company=True)
        for name in ("Anne", "Paul"):
            self._sale(self._contact(name=name, parent_id=company.id), date(2026, 6, 1))
        self._sale(company, date(2026, 6, 2))
        self.policy._refresh()
        self.assertEqual(self._row(company).frequency, 2)

    def test_branches_count_for_their_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        customer = self._contact()
        self._sale(customer, date(2026, 6, 1), company=branch)
        self.policy._refresh()
        self.assertEqual(self._row(customer).frequency, 1)
        self.assertEqual(self.policy._default_for(branch), self.policy)

    def test_who_may_not_be_profiled_is_left_out(self):
        self.patch(
            self.env.registry["res.partner"],
            "_profiling_domain",
            lambda partners: Domain("name", "!=", "Discreet"),
        )
        shy = self._customer("2026-06-01", name="Discreet")
        known = self._customer("2026-06-01")
        self.policy._refresh()
        self.assertTrue(self._row(known))
        self.assertFalse(self._row(shy))

    def test_who_objects_later_leaves_no_trace(self):
        shy = self._customer("2026-06-01", name="Discreet")
        self.policy._refresh("2026-06-02")
        self.patch(
            self.env.registry["res.partner"],
            "_profiling_domain",
            lambda partners: Domain("name", "!=", "Discreet"),
        )
        self.policy._refresh()
        self.assertFalse(self._row(shy))
        self.assertEqual(self._moves_of(shy), [])

    def test_two_refreshes_of_a_policy_do_not_meet(self):
        with self.registry.cursor() as other:
            other.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('crm_rfm_policy'), %s)", [self.policy.id]
            )
            with self.assertRaises(UserError):
                self.policy._refresh()
        self.policy._refresh()

    def test_contacts_are_not_written(self):
        customer = self._customer("2026-06-01")
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin FROM res_partner WHERE id = %s", [customer.id])
        before = self.env.cr.fetchone()
        self.policy._refresh()
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin FROM res_partner WHERE id = %s", [customer.id])
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_queries_do_not_grow_with_the_customers(self):
        self.policy._refresh()
        counts = []
        for size in (1, 30):
            for _n in range(size):
                self._customer("2026-06-01")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.policy._refresh()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_the_cron_goes_on_after_any_failure(self):
        for error in (UserError("A figure is missing."), ZeroDivisionError()):
            with self.subTest(error=error):
                self._check_the_cron_goes_on(error)

    def _check_the_cron_goes_on(self, error):
        customer = self._customer("2026-06-01")
        busy = self.policy.copy({"name": "Busy"})
        cron = self.env.ref("crm_lifecycle.ir_cron_rfm_refresh")
        original = type(self.policy)._refresh_to

        def refresh(policy, *arguments):
            if policy.id == busy.id:
                raise error
            return original(policy, *arguments)

        self.patch(self.env.registry["crm.rfm.policy"], "_refresh_to", refresh)
        is_told = isinstance(error, UserError)
        log = nullcontext() if is_told else self.assertLogs(REFRESH_LOG, "ERROR")
        with self.enter_registry_test_mode(), log:
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self._row(customer))
        self.assertFalse(busy.refresh_date)

    def test_a_policy_kept_in_the_past_stays_there(self):
        customer = self._customer("2026-01-02", "2026-05-20")
        past = self.policy.copy({"as_of": "2026-02-01"})
        past._refresh_with_past()
        self.assertEqual(self._row(customer, past).frequency, 1)
        self.assertFalse(past.history_date)
        self.assertEqual(self._row(customer, past).recency_days, 30)
