import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.nurture.crm_nurture_enrollment import INSIDE
from .common import NurtureCase
from .figures_common import NurtureFiguresCase

WAIT = {"kind": "wait", "name": "wait", "wait_number": 100}
GOAL = {"goal_domain": "[('priority', '=', '3')]", "goal_days": 30}


@tagged("post_install", "-at_install")
class TestCrmNurtureResults(NurtureFiguresCase):
    """The page of the results: its sums, and what each figure opens."""

    def _opened(self, action, user=None):
        model = self.env[action["res_model"]].with_user(user or self.env.user)
        return model.with_context(**action.get("context", {})).search(action["domain"])

    def _lived(self):
        """Give a sequence with two versions of its message and people of all kinds."""
        sequence = self._sequence(
            self._mail("first"),
            {"kind": "condition", "name": "VIP?", "domain": "[('name', 'like', '3')]"},
            WAIT,
            publish=False,
            purpose_id=self.purpose.id,
            holdout_percent=20,
            stop_on_reply=False,
            user_id=self.marketing.id,
            **GOAL,
        )
        sequence.draft_id.step_ids[0].action_edit_message_b()
        sequence.action_publish()
        people = self._people(60)
        people[::9].email_from = False
        enrollments = sequence._enroll(people)
        self.run_until(minutes=1)
        led = enrollments.filtered(lambda one: one.state == "waiting")
        queued = led.filtered(lambda one: self.delivery(one).outcome == "queued")
        self.fates(queued, random.Random(3))
        led[:6].lead_id.priority = "3"
        led[6:11].action_leave()
        led[6].lead_id.priority = "3"
        (enrollments - led)[0].lead_id.priority = "3"
        sequence._watch()
        self.env.invalidate_all()
        return sequence, enrollments

    def test_people_add_up(self):
        sequence, enrollments = self._lived()
        people = sequence.with_user(self.marketing).get_results()["people"]
        states = enrollments.mapped("state")
        held = states.count("holdout")
        self.assertTrue(held)
        self.assertEqual(people["led"]["count"], 60 - held)
        self.assertEqual(people["holdout"]["count"], held)
        self.assertEqual(people["goal"]["count"], 6)
        self.assertEqual(people["exited"]["count"], 5)
        self.assertEqual(people["reached"]["count"], 7, "one had left before")
        parts = ("inside", "done", "goal", "exited", "deleted")
        self.assertEqual(sum(people[part]["count"] for part in parts), 60 - held)

    def test_each_figure_of_people_opens_them(self):
        sequence, _enrollments = self._lived()
        sequence = sequence.with_user(self.marketing)
        results = sequence.get_results()
        for key, figure in results["people"].items():
            if key != "deleted":
                with self.subTest(key=key):
                    opened = self._opened(sequence.open_people(key), self.marketing)
                    self.assertEqual(len(opened), figure["count"])
        [cause] = results["causes"]
        self.assertEqual(
            (cause["key"], cause["label"], cause["count"]), ("hand", "Taken out by hand", 5)
        )
        self.assertEqual(len(self._opened(sequence.open_people("cause", False, "hand"))), 5)
        with self.assertRaises(UserError):
            sequence.open_people("nonsense")

    def test_each_figure_of_steps_opens_them(self):
        sequence, _enrollments = self._lived()
        sequence = sequence.with_user(self.marketing)
        version = sequence.version_id
        results = sequence.get_results()
        checked = 0
        for step in results["steps"]:
            rows = [(step["cells"], False)]
            rows += [(one["cells"], one["key"]) for one in step["variants"]]
            for cells, variant in rows:
                for key, cell in cells.items():
                    opened = self._opened(
                        version.open_figure(step["id"], key, variant), self.marketing
                    )
                    self.assertEqual(len(opened), cell["count"], (step["title"], key, variant))
                    checked += bool(cell["count"])
            for answer in step["answers"]:
                opened = self._opened(version.open_figure(step["id"], answer["key"]))
                self.assertEqual(len(opened), answer["count"])
        self.assertGreater(checked, 20)
        for rule in results["rules"]:
            opened = self._opened(sequence.open_messages(version.id, False, rule["key"]))
            self.assertEqual(len(opened), rule["count"])
        [of_version] = results["versions"]
        for key, figure in of_version["messages"].items():
            self.assertEqual(
                len(self._opened(sequence.open_messages(version.id, key))), figure["count"]
            )

    def test_a_row_adds_up(self):
        sequence, _enrollments = self._lived()
        step = sequence.get_results()["steps"][0]
        for cells in (step["cells"], *(one["cells"] for one in step["variants"])):
            counts = {key: cell["count"] for key, cell in cells.items()}
            parts = ("queued", "sent", "skipped", "failed")
            self.assertEqual(counts["all"], sum(counts[part] for part in parts))
            self.assertLessEqual(counts["clicked"], counts["opened"])
            self.assertLessEqual(counts["opened"] + counts["bounced"], counts["sent"])
        for key, cell in step["cells"].items():
            self.assertEqual(
                cell["count"], sum(one["cells"][key]["count"] for one in step["variants"])
            )

    def test_the_card_tells_both_versions(self):
        sequence, _enrollments = self._lived()
        version = sequence.with_user(self.marketing).version_id
        step_id = version.get_flow()["steps"][0]["id"]
        card = version.get_figures()[step_id]
        self.assertEqual([one["key"] for one in card["variants"]], ["a", "b"])
        sent = [
            figure["count"]
            for one in card["variants"]
            for figure in one["figures"]
            if figure["key"] == "sent"
        ]
        [total] = [figure["count"] for figure in card["figures"] if figure["key"] == "sent"]
        self.assertEqual(sum(sent), total)

    def test_the_card_says_what_the_table_says(self):
        sequence, _enrollments = self._lived()
        cards = sequence.version_id.get_figures()
        told = set()
        for step in sequence.get_results()["steps"]:
            for figure in cards[step["id"]]["figures"]:
                cell = step["cells"].get(figure["key"])
                if cell:
                    self.assertEqual(figure["count"], cell["count"], figure["key"])
                    told.add(figure["key"])
        self.assertLessEqual({"sent", "opened", "bounced", "skipped", "failed"}, told)

    def test_deleted_people_stay_in_the_sums(self):
        sequence, enrollments = self._lived()
        before = sequence.get_results()
        enrollments[:25].lead_id.unlink()
        self.env.invalidate_all()
        after = sequence.get_results()
        self.assertEqual(after["people"]["led"]["count"], before["people"]["led"]["count"])
        self.assertEqual(after["people"]["reached"]["count"], before["people"]["reached"]["count"])
        self.assertEqual(after["people"]["holdout"]["count"], before["people"]["holdout"]["count"])
        total = after["people"]["inside"]["count"] + after["people"]["deleted"]["count"]
        self.assertEqual(total, before["people"]["inside"]["count"])
        for one, other in zip(before["steps"], after["steps"], strict=True):
            for key, cell in one["cells"].items():
                self.assertEqual(cell["count"], other["cells"][key]["count"])
        former = after["people"]["led"]["former"] + after["people"]["holdout"]["former"]
        self.assertEqual(former, 25)
        opened = self._opened(sequence.open_people("led"))
        self.assertEqual(
            len(opened), after["people"]["led"]["count"] - after["people"]["led"]["former"]
        )

    def test_a_salesperson_counts_the_own_people(self):
        sequence, enrollments = self._lived()
        enrollments[:10].lead_id.user_id = self.salesman
        enrollments[10:].lead_id.user_id = self.colleague
        people = sequence.with_user(self.salesman).get_results()["people"]
        self.assertEqual(people["led"]["count"] + people["holdout"]["count"], 10)
        enrollments[:5].lead_id.unlink()
        self.env.invalidate_all()
        people = sequence.with_user(self.salesman).get_results()["people"]
        self.assertEqual(people["led"]["count"] + people["holdout"]["count"], 5)
        people = sequence.with_user(self.marketing).get_results()["people"]
        self.assertEqual(people["led"]["count"] + people["holdout"]["count"], 60)

    def test_buttons_of_the_form_open_what_they_count(self):
        sequence, _enrollments = self._lived()
        sequence = sequence.with_user(self.marketing)
        for field in ("inside", "goal", "done", "quarantine"):
            action = getattr(sequence, f"action_open_{field}")()
            self.assertEqual(len(self._opened(action)), sequence[f"{field}_count"], field)
        self.assertEqual(sequence.goal_count, 7)

    def test_the_page_costs_the_same_for_more_people(self):
        sequence, _enrollments = self._lived()
        sequence = sequence.with_user(self.marketing)
        costs = []
        for _round in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            sequence.get_results()
            costs.append(self.cr.sql_log_count - start)
            if len(costs) == 2:
                sequence.sudo()._enroll(self._people(40, name="More"))
                self.run_until(minutes=1)
        self.assertLessEqual(costs[2], costs[1])
        self.assertLessEqual(costs[1], 45)

    def test_an_empty_sequence(self):
        sequence = self._sequence(publish=False)
        results = sequence.with_user(self.salesman).get_results()
        self.assertEqual(results["people"]["led"]["count"], 0)
        self.assertEqual(results["lift"]["state"], "no_goal")


@tagged("post_install", "-at_install")
class TestCrmNurtureLift(NurtureCase):
    """Those led beside those held out, counted one by one in Python."""

    def _compared(self, **values):
        values = {"holdout_percent": 50, "user_id": self.marketing.id, **GOAL, **values}
        return self._sequence(WAIT, **values)

    def _watched(self, sequence, **delta):
        """Let time go on, with the look around every day."""
        end = self.clock() + timedelta(**delta)
        while self.clock() < end:
            self.clock.tick(86400)
            sequence._watch()
        self.env.invalidate_all()

    def _oracle(self, sequence):
        """Count by hand: dict of held out? -> (people, successes)."""
        days = timedelta(days=sequence.goal_days)
        sides = {False: [0, 0], True: [0, 0]}
        for one in sequence.enrollment_ids:
            if one.round > 1 or one.cause == "merged":
                continue
            if sequence.compared_since and one.entered_at < sequence.compared_since:
                continue
            if one.entered_at + days > sequence.watched_at:
                continue
            side = sides[one.state == "holdout"]
            side[0] += 1
            side[1] += bool(one.goal_at and one.goal_at <= one.entered_at + days)
        return sides

    def _shown(self, sequence, user=None):
        found = sequence.with_user(user or self.marketing).get_results()["lift"]
        return {
            held: [found[side]["number"], found[side]["successes"]]
            for held, side in ((False, "led"), (True, "held"))
        }

    def test_counted_one_by_one(self):
        sequence = self._compared()
        draw = random.Random(5)
        leads = self.env["crm.lead"]
        for _week in range(6):
            leads |= (came := self._leads(20))
            sequence._enroll(came)
            self._watched(sequence, days=4)
            for lead in draw.sample(leads, 6):
                lead.priority = "3"
            for one in draw.sample(
                sequence.enrollment_ids.filtered(lambda e: e.state in INSIDE), 3
            ):
                one.action_leave()
            self._watched(sequence, days=3)
        self.env.invalidate_all()
        oracle = self._oracle(sequence)
        self.assertEqual(self._shown(sequence), oracle)
        self.assertTrue(all(all(side) for side in oracle.values()), oracle)
        lift = sequence.get_results()["lift"]
        counted = sum(number for number, _successes in oracle.values())
        self.assertEqual(lift["lately"], 120 - counted)
        # deleted people whose time was over stay in the comparison
        old = sequence.enrollment_ids.filtered(
            lambda one: one.entered_at + timedelta(days=30) <= sequence.watched_at
        )
        old[:15].lead_id.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._shown(sequence), oracle)

    def test_who_came_in_too_lately_waits(self):
        sequence = self._compared()
        sequence._enroll(self._leads(20))
        self._watched(sequence, days=29)
        lift = sequence.get_results()["lift"]
        self.assertEqual((lift["led"]["number"], lift["lately"], lift["verdict"]), (0, 20, "few"))
        self._watched(sequence, days=1)
        lift = sequence.get_results()["lift"]
        self.assertEqual((lift["led"]["number"] + lift["held"]["number"], lift["lately"]), (20, 0))

    def test_a_goal_reached_too_late_is_no_success(self):
        sequence = self._compared(holdout_percent=0)
        leads = self._leads(4)
        sequence._enroll(leads)
        self._watched(sequence, days=10)
        leads[0].priority = "3"
        self._watched(sequence, days=25)
        leads[1].priority = "3"
        self._watched(sequence, days=2)
        sequence.holdout_percent = 0
        self.assertEqual(sequence.goal_count, 2)
        counts = sequence._compared_counts()[False]
        self.assertEqual((counts["number"], counts["successes"]), (4, 1))

    def test_a_closed_sequence_judges_nobody_later(self):
        sequence = self._compared()
        sequence._enroll(self._leads(10))
        self._watched(sequence, days=20)
        sequence.action_close()
        self.clock.tick(86400 * 60)
        self.env["crm.nurture.sequence"]._cron_watch()
        lift = sequence.get_results()["lift"]
        self.assertEqual((lift["led"]["number"], lift["held"]["number"]), (0, 0))

    def test_other_rules_begin_anew(self):
        sequence = self._compared()
        sequence._enroll(self._leads(20))
        self._watched(sequence, days=31)
        whole = self._shown(sequence)
        sequence.write({"goal_days": 20, "name": "Another name"})
        self.assertFalse(sequence.compared_since, "what is known is known for fewer days as well")
        self.assertEqual(self._shown(sequence), whole)
        sequence.enrollment_ids[:4].lead_id.unlink()
        for change in (
            {"goal_days": 40},
            {"holdout_percent": 20},
            {"goal_domain": "[('priority', '=', '2')]"},
        ):
            self.clock.tick(60)
            sequence.write(change)
            self.assertEqual(sequence.compared_since, self.clock(), change)
        self.env.invalidate_all()
        self.assertEqual(self._shown(sequence), {False: [0, 0], True: [0, 0]})
        self.assertEqual(sequence.get_results()["lift"]["earlier"], 16)
        sequence._enroll(self._leads(20))
        self._watched(sequence, days=41)
        self.assertEqual(sum(side[0] for side in self._shown(sequence).values()), 20)

    def test_a_draft_may_change_its_rules(self):
        sequence = self._sequence(WAIT, publish=False, **GOAL)
        sequence.write({"goal_days": 90, "holdout_percent": 10})
        self.assertFalse(sequence.compared_since)

    def test_each_person_once(self):
        sequence = self._compared(reentry="after", reentry_days=1, holdout_percent=0)
        leads = self._leads(3)
        sequence._enroll(leads).action_leave()
        self._watched(sequence, days=5)
        sequence._enroll(leads)
        self._watched(sequence, days=40)
        self.assertEqual(len(sequence.enrollment_ids), 6)
        self.assertEqual(sequence._compared_counts()[False]["number"], 3)

    def test_merged_people_count_once(self):
        sequence = self._compared()
        leads = self._leads(12, contact_name="Anna")
        sequence._enroll(leads)
        leads[:4].merge_opportunity()
        self._watched(sequence, days=31)
        self.env.invalidate_all()
        self.assertEqual(self._shown(sequence), self._oracle(sequence))
        self.assertEqual(sum(side[0] for side in self._shown(sequence).values()), 9)

    def test_without_a_goal_or_a_hold_out(self):
        sequence = self._compared(goal_domain="[]")
        self.assertEqual(sequence.get_results()["lift"], {"state": "no_goal"})
        sequence = self._compared(holdout_percent=0)
        self.assertEqual(sequence.get_results()["lift"], {"state": "no_holdout"})
