from ast import literal_eval
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import QualificationCase

THREE = dict.fromkeys(("bant_budget", "bant_authority", "bant_need"), "confirmed")


@tagged("post_install", "-at_install")
class TestAnswers(QualificationCase):
    """Answers on the lead, and what follows from them."""

    def test_new_lead_is_open(self):
        lead = self._lead()
        self.assertEqual(lead.qualification_framework, "bant")
        self.assertEqual((lead.qualification_score, lead.qualification_state), (0, "open"))
        self.assertEqual(lead.qualification_missing, "budget, authority, need, timeline")
        self.assertFalse(lead.qualification_answer_ids)

    def test_three_of_four_qualify_and_make_a_prospect(self):
        lead = self._lead(user_id=self.salesman.id).with_user(self.salesman)
        lead.write(THREE)
        self.assertEqual((lead.bant_score, lead.qualification_state), (80, "qualified"))
        self.assertEqual(lead.qualification_missing, "timeline")
        self.assertEqual(lead.qualification_next, "Timeline")
        self.assertWay(lead.sudo(), "lead", "prospect")
        move = self.moves(lead.sudo())[-1]
        self.assertEqual(move.rule_id, self.env.ref("crm_lifecycle.rule_qualified"))

    def test_lead_created_with_answers_is_judged_at_once(self):
        lead = self._lead(**THREE, bant_timeline="partial")
        self.assertEqual((lead.bant_score, lead.champ_score), (90, 80))
        self.assertEqual(lead.lifecycle_stage_id, self.prospect)
        self.assertEqual(len(lead.qualification_answer_ids), 7)

    def test_budget_no_is_unpromising_and_deletes_nothing(self):
        lead = self._lead(**THREE)
        lead.bant_budget = "no"
        self.assertEqual(lead.qualification_state, "disqualified")
        self.assertTrue(lead.active)
        self.assertEqual(lead.lifecycle_stage_id, self.prospect)
        action = self.env.ref("crm_lifecycle.crm_lead_set_aside_action")
        self.assertIn(lead, self.env["crm.lead"].search(literal_eval(action.domain)))

    def test_twins_are_typed_once(self):
        lead = self._lead(bant_budget="confirmed", champ_challenges="partial")
        self.assertEqual((lead.champ_money, lead.bant_need), ("confirmed", "partial"))
        lead.champ_authority = "no"
        self.assertEqual(lead.bant_authority, "no")
        lead.bant_budget = False
        self.assertFalse(lead.champ_money)
        lead.bant_timeline = "confirmed"
        self.assertFalse(lead.champ_prioritization)

    def test_explicit_values_for_both_win(self):
        lead = self._lead(bant_budget="confirmed", champ_money="partial")
        self.assertEqual((lead.bant_budget, lead.champ_money), ("confirmed", "partial"))
        lead.write({"bant_budget": "partial", "champ_money": False})
        self.assertEqual((lead.bant_budget, lead.champ_money), ("partial", False))

    def test_form_shows_the_twin_before_it_is_saved(self):
        with Form(self.env["crm.lead"].with_user(self.marketing)) as form:
            form.name = "Form"
            form.bant_need = "confirmed"
            self.assertEqual(form.champ_challenges, "confirmed")
            self.assertEqual(form.qualification_score, 25)
            form.qualification_framework = "champ"
            form.champ_money = "partial"
            self.assertEqual(form.bant_budget, "partial")
        self.assertEqual(len(form.record.qualification_answer_ids), 4)

    def test_results_that_are_sent_are_ignored(self):
        lead = self._lead(qualification_score=99, qualification_state="qualified")
        self.assertEqual((lead.qualification_score, lead.qualification_state), (0, "open"))
        lead.write({"qualification_score": 99, "bant_score": 99, "name": "Changed"})
        lead.flush_recordset()
        lead.invalidate_recordset()
        self.assertEqual((lead.qualification_score, lead.bant_score, lead.name), (0, 0, "Changed"))

    def test_framework_switch_judges_by_the_other_answers(self):
        lead = self._lead(**THREE)
        lead.champ_prioritization = "no"
        self.assertEqual(lead.qualification_state, "qualified")
        lead.qualification_framework = "champ"
        self.assertEqual(lead.qualification_state, "partial")
        self.assertEqual(lead.qualification_score, lead.champ_score)

    def test_defaults_of_the_context_count(self):
        leads = self.env["crm.lead"].with_context(default_bant_budget="no")
        lead = leads.create({"name": "By default"})
        self.assertEqual((lead.champ_money, lead.qualification_state), ("no", "disqualified"))

    def test_old_rows_without_results_read_as_open(self):
        self.assertFalse(self.env["crm.lead"].search([("qualification_state", "=", False)]))

    def test_probability_of_odoo_is_untouched(self):
        lead = self._lead(type="opportunity")
        before = (lead.probability, lead.automated_probability)
        lead.write(THREE)
        self.assertEqual((lead.probability, lead.automated_probability), before)
        chosen = self.env["ir.config_parameter"].get_param("crm.pls_fields")
        self.assertNotIn("qualification_state", chosen or "")
        variable = self.env.ref("crm_lifecycle.frequency_field_qualification_state")
        self.assertEqual(variable.field_id.name, "qualification_state")

    def test_import_and_export_by_plain_names(self):
        leads = self.env["crm.lead"].with_user(self.marketing).with_context(import_file=True)
        header = ["name", "bant_budget", "bant_need", "bant_budget_amount", "timeline_date"]
        rows = [
            ["Imported", "confirmed", "Partial", "40000", "2027-03-15"],
            ["Imported too", "", "", "", ""],
        ]
        result = leads.load(header, rows)
        self.assertFalse(result["messages"])
        lead = leads.browse(result["ids"][0])
        self.assertEqual((lead.bant_score, lead.champ_money), (43, "confirmed"))
        self.assertEqual(lead.timeline_date, date(2027, 3, 15))
        names = ["bant_budget", "champ_challenges", "qualification_score", "qualification_state"]
        self.assertEqual(
            lead.with_env(self.env).export_data(names)["datas"],
            [["Confirmed", "Partial", 43, "Partly qualified"]],
        )

    def test_import_of_a_wrong_word_changes_nothing(self):
        leads = self.env["crm.lead"].with_user(self.marketing).with_context(import_file=True)
        result = leads.load(["name", "bant_budget"], [["Wrong", "perhaps"]])
        self.assertFalse(result["ids"])
        self.assertEqual(result["messages"][0]["type"], "error")

    def test_group_and_measure(self):
        leads = self._leads(2, **THREE) | self._leads(1, bant_budget="partial")
        groups = self.env["crm.lead"].formatted_read_group(
            [("id", "in", leads.ids)], ["qualification_state"], ["qualification_score:avg"]
        )
        found = {row["qualification_state"]: row["qualification_score:avg"] for row in groups}
        self.assertEqual(found, {"partial": 15, "qualified": 80})

    def test_copy_begins_anew(self):
        lead = self._lead(**THREE, bant_budget_amount=10, need_note="Ovens")
        lead.action_hand_over()
        copy = lead.copy()
        self.assertEqual(copy.qualification_state, "open")
        self.assertFalse(copy.bant_budget or copy.bant_budget_amount or copy.need_note)
        self.assertFalse(copy.handover_state or copy.qualification_answer_ids)

    def test_conversion_to_an_opportunity_keeps_the_answers(self):
        lead = self._lead(**THREE, need_note="Ovens")
        lead.convert_opportunity(self._contact())
        self.assertEqual((lead.type, lead.qualification_score), ("opportunity", 80))
        self.assertEqual(lead.need_note, "Ovens")


@tagged("post_install", "-at_install")
class TestLog(QualificationCase):
    """Each answer has its date and author; old ones are asked again."""

    def test_changes_are_noted_by_their_author(self):
        lead = self._lead(user_id=self.salesman.id).with_user(self.salesman)
        lead.bant_timeline = "partial"
        lead.bant_timeline = "confirmed"
        lead.write({"bant_timeline": "confirmed", "name": "Same"})
        lead.bant_timeline = False
        self.assertEqual(
            self._answers(lead),
            [("bant_timeline", value) for value in ("partial", "confirmed", False)],
        )
        self.assertEqual(lead.qualification_answer_ids.user_id, self.salesman)

    def test_twin_is_noted_too(self):
        lead = self._lead()
        lead.bant_budget = "no"
        self.assertEqual(
            sorted(self._answers(lead)), [("bant_budget", "no"), ("champ_money", "no")]
        )

    def test_log_is_only_added_to(self):
        row = self._lead(bant_budget="no").qualification_answer_ids[0]
        with self.assertRaises(UserError):
            row.value = "confirmed"
        with self.assertRaises(UserError):
            row.unlink()

    def test_deleted_lead_takes_its_answers_along(self):
        lead = self._lead(bant_budget="no")
        rows = lead.qualification_answer_ids
        lead.unlink()
        self.assertFalse(rows.exists())

    def test_details_say_when_and_by_whom(self):
        lead = self._lead(user_id=self.salesman.id).with_user(self.salesman)
        lead.bant_need = "partial"
        details = lead.qualification_details
        given = details["answers"]["bant_need"]
        self.assertEqual((given["by"], given["stale"]), ("Salesman", False))
        self.assertEqual(set(details["answers"]), {"bant_need", "champ_challenges"})
        self.assertEqual(details["labels"]["bant_timeline"], "Timeline")

    def test_old_answers_are_stale(self):
        old, new, other = self._leads(3)
        (old | new).bant_budget = "partial"
        other.champ_prioritization = "partial"
        self._age("crm_qualification_answer", 91, old | other)
        self.assertTrue(old.qualification_details["answers"]["bant_budget"]["stale"])
        self.assertTrue(old.qualification_stale)
        self.assertFalse(new.qualification_stale)
        # an old answer to a question of the other framework
        self.assertFalse(other.qualification_stale)
        own = [("id", "in", (old | new | other).ids)]
        leads = self.env["crm.lead"]
        self.assertEqual(leads.search([*own, ("qualification_stale", "=", True)]), old)
        found = leads.search([*own, ("qualification_stale", "=", False)], order="id")
        self.assertEqual(found, new | other)

    def test_days_are_those_of_the_company(self):
        lead = self._lead(bant_budget="partial", company_id=self.env.company.id)
        self._age("crm_qualification_answer", 40, lead)
        self.assertFalse(lead.qualification_stale)
        self.env.company.qualification_stale_days = 30
        lead.invalidate_recordset()
        self.assertTrue(lead.qualification_stale)
        stale = self.env["crm.lead"].search([("qualification_stale", "=", True)])
        self.assertIn(lead, stale)

    def test_old_answer_is_confirmed_without_change(self):
        lead = self._lead(user_id=self.salesman.id, bant_budget="partial")
        self._age("crm_qualification_answer", 91, lead)
        lead.with_user(self.salesman).action_confirm_answers(["bant_budget", "bant_need"])
        self.assertFalse(lead.qualification_details["answers"]["bant_budget"]["stale"])
        self.assertEqual(lead.qualification_details["answers"]["bant_budget"]["by"], "Salesman")
        self.assertEqual(lead.bant_budget, "partial")
        self.assertNotIn(("bant_need", False), self._answers(lead))
        with self.assertRaises(UserError):
            lead.action_confirm_answers(["name"])

    def test_questions_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        question = self.env.ref("crm_lifecycle.question_bant_budget_1").with_user(self.manager)
        question.with_context(lang="fr_FR").text = "Quel budget est prévu ?"
        lead = self._lead()
        texts = {
            lang: lead.with_context(lang=lang).qualification_details["questions"][0]["text"]
            for lang in ("en_US", "fr_FR")
        }
        self.assertEqual(texts["fr_FR"], "Quel budget est prévu ?")
        self.assertNotEqual(texts["en_US"], texts["fr_FR"])
        question.active = False
        lead.invalidate_recordset()
        shown = lead.qualification_details["questions"]
        self.assertNotIn(question.text, [one["text"] for one in shown])


@tagged("post_install", "-at_install")
class TestMerge(QualificationCase):
    """Merged leads lose no answer."""

    def test_answers_facts_and_log_are_kept(self):
        contact = self._contact()
        head = self._lead(type="opportunity", bant_budget="confirmed", user_id=self.salesman.id)
        tail = self._lead(
            bant_budget="no",
            bant_timeline="partial",
            decision_maker_id=contact.id,
            need_note="Oven",
        )
        rows = (head | tail).qualification_answer_ids
        self._age("crm_qualification_answer", 100, head | tail)
        merged = (head | tail).with_user(self.manager).merge_opportunity()
        self.assertEqual(merged, head)
        self.assertEqual((head.bant_budget, head.bant_timeline), ("confirmed", "partial"))
        self.assertEqual((head.decision_maker_id, head.need_note), (contact, "Oven"))
        self.assertEqual(head.qualification_score, 40)
        # as they were, not answered anew by who merges
        self.assertEqual(head.qualification_answer_ids, rows.sorted("id", reverse=True))
        given = head.qualification_details["answers"]["bant_timeline"]
        self.assertTrue(given["stale"])

    def test_hand_over_is_kept(self):
        head = self._lead(type="opportunity")
        tail = self._lead(team_id=self.team.id)
        tail.action_hand_over()
        (head | tail).merge_opportunity()
        self.assertEqual(head.handover_state, "waiting")
        self.assertTrue(head.handover_deadline)
        events = self.env["crm.qualification.handover"].search([("lead_id", "=", head.id)])
        self.assertEqual(events.mapped("event"), ["handed_over"])

    def test_merged_contacts_stay_decision_makers(self):
        kept, gone = self._contact(name="Kept"), self._contact(name="Gone")
        lead = self._lead(decision_maker_id=gone.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept | gone).ids, kept)
        self.assertEqual(lead.decision_maker_id, kept)


@tagged("post_install", "-at_install")
class TestQueries(QualificationCase):
    """One query for many leads as for one."""

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _values(self, count, **answers):
        return [{"name": f"Lead {number}", "type": "lead", **answers} for number in range(count)]

    def test_creating_leads_without_answers_costs_nothing(self):
        leads = self.env["crm.lead"]
        leads.create(self._values(2))
        statements = self._logged(lambda: leads.create(self._values(100)))
        ours = [query for query in statements if "qualification" in query]
        self.assertTrue(all(query.startswith('INSERT INTO "crm_lead"') for query in ours), ours)
        self.assertTrue(ours)

    def _logged(self, action):
        """Give the statements of an action."""
        statements, execute = [], self.env.cr.execute

        def listen(query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(query, *args, **kwargs)

        with patch.object(self.env.cr, "execute", listen):
            action()
            self.env.flush_all()
        return statements

    def test_log_of_many_leads_is_one_statement(self):
        def statements(count):
            vals = self._values(count, bant_timeline="partial")
            queries = self._logged(lambda: self.env["crm.lead"].create(vals))
            return len([query for query in queries if "crm_qualification_answer" in query])

        statements(1)
        self.assertEqual(statements(1), statements(80))

    def test_write_of_many_leads(self):
        def cost(leads):
            return self._count(lambda: leads.write({"bant_timeline": "partial"}))

        cost(self._leads(1))
        one, many = self._leads(1), self._leads(80)
        self.assertEqual(cost(one), cost(many))

    def test_details_of_a_form_are_one_query(self):
        leads = self._leads(80, bant_budget="partial") | self._leads(5)
        leads.mapped("qualification_details")

        def cost(some):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("bant_budget"), some.company_id.mapped("name"), self.env.company.name
            before = self.env.cr.sql_log_count
            some.mapped("qualification_details")
            return self.env.cr.sql_log_count - before

        self.assertEqual(cost(leads[:1]), 1)
        self.assertEqual(cost(leads), 1)
        self.assertEqual(cost(leads[80:]), 0)

    def test_command_of_the_log_is_refused(self):
        lead = self._lead(bant_budget="no")
        with self.assertRaises(UserError):
            lead.write({"qualification_answer_ids": [Command.clear()]})
