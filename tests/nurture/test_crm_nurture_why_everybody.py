import random

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .why_common import WAIT, NurtureWhyCase


@tagged("post_install", "-at_install")
class TestCrmNurtureWhyEverybody(NurtureWhyCase):
    """The table of all people is the answers about each; and the engine does what is told."""

    def _people(self, seed):
        """Create people of all kinds."""
        draw = random.Random(seed)
        other = self.env["res.company"].create({"name": f"Other {seed}"})
        leads = self._leads(60)
        users = (self.salesman.id, self.colleague.id, False)
        for lead in leads:
            company = draw.choice((False, False, False, other.id))
            lead.write(
                {
                    "priority": draw.choice("0001123"),
                    "city": draw.choice(("Lyon", "Paris", False)),
                    "company_id": company,
                    "user_id": not company and draw.choice(users),
                    "email_from": draw.choice((False, "x@bakery.test", f"{lead.id}@bakery.test")),
                    "privacy_restricted": draw.random() < 0.1,
                    "active": draw.random() > 0.1,
                }
            )
        return leads

    def _random_sequence(self, leads, seed):
        draw = random.Random(seed)
        mine = f"('id', 'in', {leads.ids})"
        segment = self.env["crm.segment"].create(
            {"name": f"S{seed}", "model": "crm.lead", "domain": f"[{mine}, ('city', '!=', 'Lyon')]"}
        )
        return self._sequence(
            self.up(name="first"),
            WAIT,
            self.up(),
            segment_id=draw.choice((segment.id, False)),
            domain=draw.choice((f"[{mine}]", f"[{mine}, ('city', '!=', False)]")),
            goal_domain="[('priority', '=', '3')]",
            exit_domain=draw.choice(("[]", "[('priority', '=', '2')]")),
            holdout_percent=draw.choice((0, 20)),
            reentry=draw.choice(("never", "after")),
            reentry_days=2,
            leave_with_segment=False,
            trigger=draw.choice(("manual", "audience", "created")),
        )

    def _stir(self, sequence, leads, seed):
        """Let some in, let time go by, and let things happen to people."""
        draw = random.Random(seed + 1)
        sequence._enroll(leads.browse(draw.sample(leads.ids, 30)))
        self.run_until(days=draw.choice((0, 1, 4, 7)), minutes=1)
        sequence._opt_out(["x@bakery.test"])
        for lead in leads.browse(draw.sample(leads.ids, 15)):
            lead.priority = draw.choice("123")
        for entered in sequence.enrollment_ids.filtered(lambda one: one.state == "waiting")[:2]:
            entered._quarantine(ValueError("bad"))
        # what a living database does by itself: other tests filled these tables and emptied them
        self.env.flush_all()
        self.env.cr.execute(
            "ANALYZE crm_lead, crm_nurture_enrollment, crm_nurture_delivery, crm_nurture_optout,"
            " res_partner, sale_order, calendar_event"
        )

    def _table(self, sequence):
        action = self.env["crm.nurture.who"].with_user(self.marketing)._open(sequence)
        return self.env["crm.nurture.who"].with_user(self.marketing).browse(action["res_id"])

    def test_the_table_is_the_answers_of_each(self):
        for seed in range(6):
            leads = self._people(seed)
            sequence = self._random_sequence(leads, seed)
            self._stir(sequence, leads, seed)
            with self.subTest(seed=seed):
                self._compare(sequence.with_user(self.marketing), leads)

    def _compare(self, sequence, people):
        """Compare each number with the answers of the people that it opens."""
        leads = self.env["crm.lead"].with_user(self.marketing).with_context(active_test=False)
        people = leads.search([("id", "in", people.ids)])
        told = {}
        for lead in people:
            told.setdefault(sequence._why(lead)["code"], set()).add(lead.id)
        opened = set()
        for line in self._table(sequence).line_ids:
            behind = set(leads.search(line.action_open_people()["domain"]).ids)
            self.assertEqual(len(behind), line.count, line.name)
            self.assertLessEqual(behind, told[line.code], line.name)
            self.assertFalse(opened & behind, "each person is counted once")
            opened |= behind
        everybody = set(sequence.sudo()._why_base().get_result_ids())
        inside = sequence.enrollment_ids.filtered(lambda one: not one.left_at).lead_id
        self.assertEqual(opened, (everybody & set(people.ids)) | set(inside.ids))
        self.assertNotIn("audience", told, "a part of the audience says why")

    def test_the_engine_does_what_is_told(self):
        for seed in range(6, 10):
            leads = self._people(seed)
            sequence = self._random_sequence(leads, seed)
            self._stir(sequence, leads, seed)
            mine = leads.filtered(lambda lead: not lead.company_id)
            told = {lead: self.why(sequence, lead) for lead in mine}
            with self.subTest(seed=seed):
                self._check_look_around(sequence, told)
                self._check_by_hand(sequence, {lead: self.why(sequence, lead) for lead in mine})

    def _check_look_around(self, sequence, told):
        """Compare what the look around does with what was told before it."""
        before = {one.lead_id for one in sequence.enrollment_ids if not one.left_at}
        sequence._watch()
        self.env.invalidate_all()
        inside = {one.lead_id for one in sequence.enrollment_ids if not one.left_at}
        for lead, answer in told.items():
            comes = answer["code"] in ("present", "event")
            stays = lead in before and not answer["code"].startswith("leaves_")
            if answer["code"] == "held_out" and sequence._begins_with_all():
                comes = True
            self.assertEqual(lead in inside, comes or stays, answer["text"])

    def _check_by_hand(self, sequence, told):
        """Compare who may be let in by hand with what was told before."""
        entered = sequence._enroll(self.env["crm.lead"].union(*told))
        came = {one.lead_id: one.state for one in entered}
        for lead, answer in told.items():
            if answer["code"] in ("segment", "filter", "archived", "hidden"):
                continue  # the audience does not bind who lets somebody in by hand
            expected = {"ready": "waiting"}.get(answer["group"])
            if answer["code"] == "held_out":
                expected = "holdout"
            self.assertEqual(came.get(lead), expected, answer["text"])

    def test_each_trigger_is_told_before_it_happens(self):
        birthday = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        self.assertEqual(birthday.ttype, "date")
        lead, born = self._leads(2)
        anniversary = self._sequence(WAIT, trigger="anniversary", trigger_field="date_deadline")
        created = self._sequence(WAIT, trigger="created")
        present = self._sequence(WAIT, trigger="created", with_present=True)
        self.clock.tick(24 * 3600)
        born.date_deadline = "2020-06-02"
        late = self._leads(1)
        people = (lead, born, late)
        told = [
            [self.code(sequence, one) for one in people]
            for sequence in (anniversary, created, present)
        ]
        self.assertEqual(
            told,
            [
                ["trigger", "event", "trigger"],
                ["trigger", "trigger", "event"],
                ["present", "present", "present"],
            ],
        )
        for sequence, codes in zip((anniversary, created, present), told, strict=True):
            sequence._watch()
            came = [one in sequence.enrollment_ids.lead_id for one in people]
            self.assertEqual(came, [code != "trigger" for code in codes])

    def test_closed(self):
        leads = self._leads(2)
        sequence = self._sequence(WAIT)
        sequence._enroll(leads[0])
        sequence.action_close()
        self.assertEqual([self.code(sequence, lead) for lead in leads], ["again", "closed"])
        self.assertIn("The sequence was closed", self.text(sequence, leads[0]))
        self.assertIn("closed", self.why(sequence, leads[1])["notice"])

    def test_the_line_of_the_form(self):
        segment = self._segment()
        leads = self._leads(4, street="Asleep")
        segment._refresh()
        sequence = self._sequence(
            WAIT, segment_id=segment.id, goal_domain="[('city', '=', 'Lyon')]"
        )
        leads[0].city = "Lyon"
        sequence._enroll(leads[1] | self._leads(1))
        line = sequence.with_user(self.marketing).get_who()
        self.assertEqual(line["text"], "4 leads of “Asleep” (others inside: 1)")
        self.assertEqual(
            [one["text"] for one in line["groups"]], ["2 inside", "2 may come in", "1 left out"]
        )

    def test_a_salesperson_counts_the_own_people(self):
        users = self.salesman | self.colleague
        own = self._leads(2, user_id=self.salesman.id)
        self._leads(3, user_id=self.colleague.id)
        sequence = self._sequence(WAIT, domain=f"[('user_id', 'in', {users.ids})]")
        mine = sequence.with_user(self.salesman)
        self.assertEqual(mine.get_who()["text"], "2 leads")
        table = self.env["crm.nurture.who"].with_user(self.salesman)
        table = table.browse(table._open(mine)["res_id"])
        domain = table.line_ids.action_open_people()["domain"]
        self.assertEqual(self.env["crm.lead"].with_user(self.salesman).search(domain), own)
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.colleague).search(domain)
        with self.assertRaises(AccessError):
            sequence.with_user(self.employee).action_who()

    def test_people_of_two_companies(self):
        other = self.env["res.company"].create({"name": "Other house"})
        here, there = self._leads(2)
        here.company_id, there.company_id = self.env.company, other
        self.manager.company_ids |= other
        sequence = self._sequence(
            WAIT, company_id=False, domain=f"[('id', 'in', {(here | there).ids})]"
        )
        sequence._enroll(here | there)
        both = {"allowed_company_ids": self.manager.company_ids.ids}
        texts = [
            sequence.with_user(self.marketing).get_who()["text"],
            sequence.with_user(self.manager).with_context(**both).get_who()["text"],
        ]
        self.assertEqual(texts, ["1 lead", "2 leads"])
        with self.assertRaises(AccessError):
            self.why(sequence, there)
        self.assertEqual(self.code(sequence, here), "waiting")

    def test_the_table_is_named_by_its_sequence(self):
        sequence = self._sequence(WAIT, name="Bakers").with_user(self.marketing)
        action = sequence.action_who()
        who = self.env[action["res_model"]].with_user(self.marketing).browse(action["res_id"])
        self.assertEqual(who.display_name, "Who: Bakers")
        self.assertEqual(action["name"], who.display_name)

    def test_contacts(self):
        contacts = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(3)])
        sequence = self._sequence(
            WAIT, model="res.partner", domain=f"[('id', 'in', {contacts.ids})]"
        )
        sequence._enroll(contacts[0])
        contacts[1].privacy_restricted = True
        codes = [self.code(sequence, contact) for contact in contacts]
        self.assertEqual(codes, ["waiting", "restricted", "manual"])
        self.assertEqual(sequence.with_user(self.marketing).get_who()["text"], "3 contacts")

    def test_dialog_from_both_sides(self):
        lead = self._leads(1)
        sequence = self._sequence(WAIT)
        sequence._enroll(lead)
        for action in (
            sequence.with_user(self.marketing).action_why(),
            sequence.enrollment_ids.with_user(self.marketing).action_why(),
        ):
            model = self.env["crm.nurture.why"].with_user(self.marketing)
            why = model.with_context(**action["context"]).create({"lead_id": lead.id})
            self.assertEqual(why.sequence_id, sequence)
            self.assertIn("Waits at “think”", why.text)
            found = self.enrollments.search(why.action_open_enrollment()["domain"])
            self.assertEqual(found, sequence.enrollment_ids)
