import base64

from odoo import fields

from .people import BYSTANDER, CANARY


class LifecycleSeeds:
    """What this addon itself keeps of people."""

    def seed_lifecycle(self):
        """Move, touch, score, segment, qualify and hand over both."""
        env = self.env
        stages = env["crm.lifecycle.stage"]
        for who, person, lead in (
            (CANARY, self.made.person, self.made.lead),
            (BYSTANDER, self.made.bystander, self.made.bystander_lead),
        ):
            env["res.partner"].browse(person)._lifecycle_move(
                stages._first("lead"), "manual", note=f"Vu avec {CANARY.name}"
            )
            env["crm.lead"].browse(lead)._lifecycle_move(stages._first("prospect"), "manual")
            env["crm.touchpoint"].log("phone", "called", partner_id=person, key=f"tel {who.phone}")
        env["crm.touchpoint"]._harvest()
        env["crm.score.policy"]._refresh_all()
        env["crm.rfm.policy"].search([("id", ">", 0)])._refresh()
        self.seed_answers()
        self.seed_consents()

    def seed_answers(self):
        """Put both into a picked list, and note what they need; the person said it of both."""
        env = self.env
        segment = env["crm.segment"].create(
            {"name": "Canaris", "model": "res.partner", "kind": "static"}
        )
        segment._add([("id", "in", (self.made.person, self.made.bystander))])
        leads = env["crm.lead"].browse([self.made.lead, self.made.bystander_lead])
        leads.write({"bant_need": "confirmed", "need_note": f"Besoin dit par {CANARY.name}"})
        env["crm.qualification.handover"].sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "event": "rejected",
                    "date": fields.Datetime.now(),
                    "note": f"{CANARY.name} ne répond pas au {CANARY.phone}",
                }
                for lead in leads
            ]
        )

    def seed_consents(self):
        """Let both agree to a newsletter; a note on the proof names the person."""
        env = self.env
        purpose = env["crm.privacy.purpose"].create(
            {"name": "Canaris", "legal_basis": "consent", "by_email": True}
        )
        people = env["res.partner"].browse([self.made.person, self.made.bystander])
        for person, who in zip(people, (CANARY, BYSTANDER), strict=True):
            env["crm.privacy.consent"]._record(
                person._privacy_people(),
                "granted",
                purpose,
                ["email"],
                source="paper",
                note=f"Formulaire signé par {who.name}",
            )

    def seed_import(self):
        """Read a list with both; the file and its rows are kept for a time."""
        env = self.env
        lines = ["Nom;E-mail;Téléphone"]
        lines += [f"{who.name};{who.email};{who.phone}" for who in (CANARY, BYSTANDER)]
        suspects = env["crm.suspect.import"].create(
            {
                "file": base64.b64encode("\n".join(lines).encode()),
                "filename": "canaris.csv",
                "source_id": env["utm.source"].create({"name": "Salon des canaris"}).id,
                "legal_basis": "legitimate_interest",
                "legal_note": "Salon",
                "collection_date": fields.Date.today(),
            }
        )
        suspects.action_preview()
        self.note(suspect_import=suspects)
