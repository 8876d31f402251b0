import random
from collections import Counter

from odoo.fields import Command
from odoo.tests import tagged

from ...models.nurture import figures
from .figures_common import NurtureFiguresCase


@tagged("post_install", "-at_install")
class TestCrmNurtureReport(NurtureFiguresCase):
    """The report against counts that the test keeps by itself."""

    def _two_versions(self, **values):
        """Give a sequence whose message has two versions."""
        sequence = self._sequence(
            self._mail("first"),
            {"kind": "wait", "name": "wait", "wait_number": 3},
            publish=False,
            purpose_id=self.purpose.id,
            **values,
        )
        step = sequence.draft_id.step_ids[0]
        step.action_edit_message_b()
        sequence.action_publish()
        return sequence, step

    def _lived(self, count=60, seed=1, **values):
        """Let people get a message, and decide what becomes of it; give the expected counts."""
        sequence, step = self._two_versions(**values)
        people = self._people(count)
        people[::7].email_from = False
        self.env["mail.blacklist"]._add(people[1].email_normalized)
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        queued = enrollments.filtered(lambda one: self.delivery(one).outcome == "queued")
        chosen = self.fates(queued, random.Random(seed))
        expected = Counter()
        for enrollment, outcome in zip(queued, chosen, strict=True):
            is_b = self.delivery(enrollment).trace_id.mass_mailing_id == step.mailing_b_id
            expected["b" if is_b else "a", outcome] += 1
        for enrollment in enrollments - queued:
            delivery = self.delivery(enrollment)
            is_b = delivery.trace_id.mass_mailing_id == step.mailing_b_id
            expected["b" if is_b else "a", delivery.outcome] += 1
        return sequence, step, enrollments, expected

    # ------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------

    def test_counts_of_messages(self):
        _sequence, step, _enrollments, expected = self._lived()
        domain = [("step_id", "=", step.id)]
        self.assertEqual(self.counts("variant", "outcome", domain=domain), expected)
        self.assertGreater(len({outcome for _variant, outcome in expected}), 7)

    def test_measures_and_rates(self):
        _sequence, step, _enrollments, expected = self._lived()
        names = [f"{name}_count:sum" for name in figures.MEASURES]
        rates = [f"{name}_rate:avg" for name in figures.SHARES]
        self.env.flush_all()
        [row] = self.report._read_group([("step_id", "=", step.id)], [], names + rates)
        counts = {
            name: sum(n for (_v, outcome), n in expected.items() if outcome in outcomes)
            for name, outcomes in figures.MEASURES.items()
        }
        self.assertEqual(dict(zip(figures.MEASURES, row, strict=False)), counts)
        for name, rate in zip(figures.SHARES, row[len(names) :], strict=True):
            self.assertAlmostEqual(rate, 100 * counts[name] / counts["sent"])

    def test_rates_weigh_what_was_deleted(self):
        _sequence, step, enrollments, _expected = self._lived()
        rates = ["opened_rate:avg", "clicked_rate:avg", "nbr:sum"]
        self.env.flush_all()
        domain = [("step_id", "=", step.id)]
        before = self.report._read_group(domain, [], rates)
        enrollments[10:50].lead_id.unlink()
        after = self.report._read_group(domain, [], rates)
        for one, other in zip(before[0], after[0], strict=True):
            self.assertAlmostEqual(one, other)

    def test_rule_that_kept_back(self):
        _sequence, step, _enrollments, _expected = self._lived()
        rules = self.counts("outcome", "rule", domain=[("step_id", "=", step.id)])
        self.assertEqual(rules["suppressed", "mail_bl"], 1)
        self.assertEqual(rules["no_address", "mail_email_missing"], 9)
        self.assertTrue(rules["bounced", "mail_bounce"])
        self.assertFalse(rules["sent", "mail_bl"])

    def test_other_steps(self):
        sequence = self._sequence(
            {"kind": "condition", "name": "VIP?", "domain": "[('priority', '=', '3')]"},
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id},
        )
        leads = self._leads(5)
        leads[:2].priority = "3"
        sequence._enroll(leads)
        self.run_until(minutes=1)
        condition, stage = sequence.version_id.step_ids
        found = self.counts("step_id", "outcome", domain=[("sequence_id", "=", sequence.id)])
        expected = {(condition.id, "yes"): 2, (condition.id, "no"): 3, (stage.id, "done"): 5}
        self.assertEqual(found, Counter(expected))

    def test_a_moved_person_did_the_step_in_the_version_before(self):
        sequence = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id},
            {"kind": "wait", "name": "wait", "wait_number": 3},
        )
        first = sequence.version_id
        enrollments = sequence._enroll(self._leads(2))
        self.run_until(minutes=1)
        sequence.action_edit()
        sequence.action_publish()
        enrollments.write(
            {"version_id": sequence.version_id.id, "step_id": sequence.version_id.step_ids[1].id}
        )
        domain = [("sequence_id", "=", sequence.id)]
        self.assertEqual(self.counts("version_id", domain=domain), Counter({(first.id,): 2}))
        enrollments[0].lead_id.unlink()
        self.assertEqual(self.counts("version_id", domain=domain), Counter({(first.id,): 2}))
        figures_of_up = first.get_figures()[first.step_ids[0].id]["figures"]
        self.assertEqual([(one["key"], one["count"]) for one in figures_of_up], [("done", 2)])

    # ------------------------------------------------------------
    # What is deleted stays in the figures
    # ------------------------------------------------------------

    def _same(self, step, act):
        """Check that a deletion changes no figure."""
        groups = ("step_id", "variant", "outcome", "rule", "date:month", "company_id")
        domain = [("sequence_id", "=", step.sequence_id.id)]
        before = self.counts(*groups, domain=domain)
        self.assertTrue(before)
        act()
        self.env.invalidate_all()
        self.assertEqual(self.counts(*groups, domain=domain), before)

    def test_deleted_people(self):
        _sequence, step, enrollments, _expected = self._lived()
        self._same(step, enrollments[::2].lead_id.unlink)
        self._same(step, enrollments.exists().lead_id.unlink)
        rows = self.report.search([("step_id", "=", step.id)])
        self.assertEqual(set(rows.mapped("is_former")), {True})
        self.assertIn("deleted", rows[0].person)
        self.assertFalse(rows[0].action_open_person())

    def test_retention(self):
        sequence, step, _enrollments, _expected = self._lived()
        self.run_until(days=5)
        sequence.action_close()
        self.run_until(days=800)
        self._same(step, self.enrollments._gc_left)
        self.assertFalse(sequence.enrollment_ids)

    def test_deleted_traces(self):
        _sequence, step, enrollments, _expected = self._lived()
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "in", step._mailings().ids)])
        self._same(step, traces.unlink)
        self.assertFalse(self.deliveries.search_count([("trace_id", "in", traces.ids)]))
        self._same(step, enrollments.lead_id.unlink)

    def test_deleted_clicks(self):
        """The trace alone does not tell that a program clicked."""
        _sequence, step = self._two_versions()
        enrollment = step.sequence_id._enroll(self._people(1))
        self.run_until(minutes=1)
        self.fate(enrollment, "clicked")
        trace = self.delivery(enrollment).trace_id
        link = self.env["link.tracker"].create({"url": "https://shop.example", "title": "Shop"})
        click = self.env["link.tracker.click"].create(
            {"link_id": link.id, "mailing_trace_id": trace.id}
        )
        self.env.flush_all()
        self.cr.execute("UPDATE link_tracker_click SET is_bot = TRUE WHERE id = %s", [click.id])
        self.env.invalidate_all()
        domain = [("step_id", "=", step.id)]
        before = self.counts("outcome", domain=domain)
        self.assertFalse(before["clicked",])
        click.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.counts("outcome", domain=domain), before)

    # ------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------

    def test_salespeople_count_the_own_people(self):
        sequence = self._sequence({"kind": "stage", "name": "up", "stage_id": self.prospect.id})
        for user, number in ((self.salesman, 2), (self.colleague, 3), (None, 1)):
            sequence._enroll(self._leads(number, user_id=user and user.id))
        self.run_until(minutes=1)
        domain = [("sequence_id", "=", sequence.id)]

        def seen(user):
            return sum(self.counts(user=user, domain=domain).values())

        self.assertEqual((seen(self.salesman), seen(self.colleague)), (3, 4))
        self.assertEqual((seen(self.marketing), seen(self.manager)), (6, 6))
        sequence.enrollment_ids.lead_id.filtered(lambda lead: not lead.user_id).unlink()
        self.assertEqual((seen(self.salesman), seen(self.marketing)), (2, 6))

    def test_employees_see_nothing(self):
        self.assertFalse(self.report.with_user(self.employee).has_access("read"))
        self.assertFalse(self.report.with_user(self.manager).has_access("write"))

    def test_two_companies(self):
        here, there = self.env.company, self.env["res.company"].create({"name": "Elsewhere"})
        self.marketing.company_ids = [Command.link(there.id)]
        shared = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id}, company_id=False
        )
        own = self._sequence(
            {"kind": "stage", "name": "up", "stage_id": self.prospect.id}, company_id=here.id
        )
        leads = {
            company: self._leads(number, company_id=company and company.id, user_id=False)
            for company, number in ((here, 2), (there, 3), (None, 1))
        }
        for people in leads.values():
            shared._enroll(people)
        own._enroll(leads[here])
        self.run_until(minutes=1)

        def seen(company):
            report = self.report.with_user(self.marketing).with_context(
                allowed_company_ids=company.ids
            )
            self.env.flush_all()
            rows = report._read_group(
                [("sequence_id", "in", (shared | own).ids)], ["sequence_id"], ["nbr:sum"]
            )
            return {sequence.id: count for sequence, count in rows}

        self.assertEqual(seen(here), {shared.id: 3, own.id: 2})
        self.assertEqual(seen(there), {shared.id: 4})
        leads[there][:2].unlink()
        leads[here][:1].unlink()
        self.assertEqual(seen(here), {shared.id: 3, own.id: 2})
        self.assertEqual(seen(there), {shared.id: 4})

    # ------------------------------------------------------------
    # Narrowed, and its cost
    # ------------------------------------------------------------

    def test_named_steps_narrow(self):
        _sequence, step, enrollments, expected = self._lived()
        enrollments[:5].lead_id.unlink()
        narrow = self.report.with_context(**{figures.STEPS_KEY: step.ids})
        rows = narrow._read_group([], ["variant", "outcome"], ["nbr:sum"])
        self.assertEqual({(v, outcome): n for v, outcome, n in rows}, dict(expected))
        self.assertFalse(self.report.with_context(**{figures.STEPS_KEY: []}).search_count([]))

    def test_views_of_the_screen(self):
        _sequence, step, enrollments, _expected = self._lived(20)
        enrollments[:5].lead_id.unlink()
        report = self.report.with_user(self.marketing)
        spec = {"person": {}, "outcome": {}, "rule": {}, "note": {}, "step_id": {"fields": {}}}
        rows = report.web_search_read([("step_id", "=", step.id)], spec)["records"]
        self.assertEqual(len([row for row in rows if row["id"] > 0]), 15)
        report.formatted_read_group(
            [], ["sequence_id", "date:month"], ["nbr:sum", "opened_rate:avg", "__count"]
        )

    def test_a_list_costs_the_same_for_more_rows(self):
        _sequence, step, _enrollments, _expected = self._lived(60)
        report = self.report.with_user(self.marketing)
        costs = []
        for limit in (2, 2, 50):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            report.web_search_read(
                [("step_id", "=", step.id)], {"person": {}, "outcome": {}}, limit=limit
            )
            costs.append(self.cr.sql_log_count - start)
        self.assertEqual(costs[1], costs[2])
