import random
from collections import Counter
from contextlib import contextmanager

from odoo import fields

from ...models.nurture import timetable
from .mail_common import NurtureMailCase

ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", False)
#: What leaves a row in the history of the engine.
DELIVERED = ("done", "yes", "no", "queued", "suppressed", "no_address", "failed")


class DryRunCase(NurtureMailCase):
    """Random sequences and people; what was foreseen of them beside what happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "Europe/Paris"
        cls.tag = cls.env["crm.tag"].create({"name": "Dry run"})
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "Europe/Paris",
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": "Morning",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 12,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )

    @contextmanager
    def undone(self):
        """Undo what a part of a test did, and put the clock back."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_all_caches()
            self.clock.move_to(self.start)

    # -- what is made at random -----------------------------------------------------------------

    def _crowd(self, chance, count):
        """Create people of all kinds: without address, excluded, refused, twice, anywhere."""
        people = self._people(count)
        for number, lead in enumerate(people):
            kind = chance.choice(["plain"] * 6 + ["none", "wrong", "listed", "said no", "twice"])
            values = {
                "none": {"email_from": False, "phone": False},
                "wrong": {"email_from": "nobody at all", "phone": "12"},
                "twice": {"email_from": people[0].email_from, "phone": people[0].phone},
            }.get(kind, {})
            if kind == "listed":
                self.env["mail.blacklist"]._add(lead.email_from)
                self.env["phone.blacklist"]._add([lead.phone_sanitized])
            if kind == "said no":
                person = [{"email_normalized": lead.email_normalized, "lead_id": lead.id}]
                self.env["crm.privacy.consent"]._record(
                    person, "withdrawn", self.purpose, ["email", "sms"], source="phone"
                )
            zone = chance.choice(ZONES)
            partner = self._contact(name=f"Zone {number}", tz=zone) if zone else None
            lead.write(
                {
                    **values,
                    "partner_id": partner.id if partner else False,
                    "priority": chance.choice("012"),
                    "date_deadline": chance.choice([False, "2026-06-09", "2026-07-03"]),
                }
            )
            if partner:
                lead.write({"email_from": lead.email_from, **values})
        return people

    def _random_steps(self, chance, draft, parent=None, branch=None, depth=0):
        """Add steps to a list of a draft."""
        kinds = ["email"] * 3 + ["sms", "wait", "wait", "wait", "tag", "activity", "exit"]
        for place in range(chance.randint(2, 4) if depth else chance.randint(4, 7)):
            kind = chance.choice(kinds + ["condition"] * (2 if depth < 2 else 0))
            if kind == "exit" and not depth:
                continue
            step = self.env["crm.nurture.step"].create(
                {
                    "version_id": draft.id,
                    "sequence": place,
                    "parent_id": parent and parent.id,
                    "branch": branch,
                    **getattr(self, f"_random_{kind}")(chance),
                }
            )
            if kind == "email" and chance.random() < 0.3:
                step.action_edit_message_b()
            if kind == "condition":
                self._random_steps(chance, draft, step, "yes", depth + 1)
                self._random_steps(chance, draft, step, "no", depth + 1)

    def _random_email(self, chance):
        return self._mail(f"Mail {chance.random()}")

    def _random_sms(self, chance):
        return {"kind": "sms", "name": f"Text {chance.random()}", "sms_body": "Hello"}

    def _random_wait(self, chance):
        return {
            "kind": "wait",
            "wait_mode": chance.choice(["time", "time", "weekday", "date"]),
            "wait_number": chance.randint(0, 40),
            "wait_unit": chance.choice(["minutes", "hours", "days", "days"]),
            "wait_weekday": chance.choice(["any", "0", "3", "6"]),
            "wait_hour": chance.choice([0, 8.5, 23]),
            "wait_field": "date_deadline",
            "wait_days": chance.randint(-3, 3),
        }

    def _random_tag(self, _chance):
        return {"kind": "tag", "tag_ids": [fields.Command.link(self.tag.id)]}

    def _random_activity(self, _chance):
        call = self.env.ref("mail.mail_activity_data_call")
        return {"kind": "activity", "activity_type_id": call.id}

    def _random_exit(self, _chance):
        return {"kind": "exit"}

    def _random_condition(self, chance):
        return {
            "kind": "condition",
            "check": chance.choice(["domain", "domain", "opened", "clicked", "replied"]),
            "domain": f"[('priority', 'in', ['{chance.choice('012')}', '1'])]",
            "timeout_number": chance.choice([0, 2, 9]),
        }

    def _random_sequence(self, seed, count=40):
        """Create a draft and its people by a seed."""
        chance = random.Random(seed)
        company = self.env.company
        company.nurture_cap_number = chance.choice([0, 0, 1, 2])
        company.nurture_cap_days = chance.choice([3, 7])
        company.nurture_daily_budget = chance.choice([0, 0, 12])
        people = self._crowd(chance, count)
        sequence = self._sequence(
            publish=False,
            domain=f"[('id', 'in', {people.ids})]",
            purpose_id=self.purpose.id,
            calendar_id=chance.choice([False, self.calendar.id]),
            daily_budget=chance.choice([0, 0, 5]),
            holdout_percent=chance.choice([0, 20]),
            exit_domain=chance.choice(["[]", "[('priority', '=', '2')]"]),
        )
        self._random_steps(chance, sequence.draft_id)
        return sequence

    # -- what was foreseen, and what happened ---------------------------------------------------

    def _day(self, moment):
        return timetable.localized(moment, "Europe/Paris").date()

    def foreseen(self, run, outcomes=DELIVERED):
        """Give the counts of a dry run: by step, day, outcome and rule."""
        return Counter(
            {
                (step_id, day, outcome, rule): len(people)
                for (step_id, day, outcome, rule), people in run.log.people.items()
                if outcome in outcomes
            }
        )

    def happened(self, sequence, after=0):
        """Give the same of what the engine noted."""
        self.env.flush_all()
        rows = self.deliveries.search(
            [("enrollment_id.sequence_id", "=", sequence.id), ("id", ">", after or 0)]
        )
        return Counter(
            (row.step_id.id, self._day(row.date), row.outcome, row.trace_id.failure_type or None)
            for row in rows
        )

    def ends(self, sequence):
        """Give on which days people left, and why."""
        people = self.enrollments.search([("sequence_id", "=", sequence.id)])
        return Counter((self._day(one.left_at), one.cause) for one in people.filtered("left_at"))

    def foreseen_ends(self, run):
        """Give the same of a dry run."""
        ends = Counter()
        for (_step, day, outcome, rule), people in run.log.people.items():
            if outcome in ("finished", "left"):
                ends[day, rule] += len(people)
        return ends

    def assertSame(self, foreseen, happened):
        """Compare counts, and show where they differ."""
        differences = {
            key: (foreseen[key], happened[key])
            for key in foreseen | happened
            if foreseen[key] != happened[key]
        }
        self.assertFalse(differences, "foreseen, happened")
