from odoo import Command

from .people import BYSTANDER, CANARY


class MailingSeeds:
    """Mailings with their traces and clicks, SMS, lists of who wants no more."""

    def seed_mailing(self):
        """Send a newsletter to both; both click."""
        env = self.env
        people = env["mailing.list"].create({"name": "Canaris"})
        contacts = env["mailing.contact"].create(
            [
                {
                    "name": who.name,
                    "email": who.email,
                    "company_name": "Canari Services SAS",
                    "list_ids": [Command.set(people.ids)],
                }
                for who in (CANARY, BYSTANDER)
            ]
        )
        mailing = env["mailing.mailing"].create(
            {
                "subject": "Nouvelles",
                "body_html": "<p>Bonjour</p>",
                "mailing_type": "mail",
                "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [Command.set(people.ids)],
                "state": "done",
            }
        )
        links = env["link.tracker"].create(
            [
                {"url": "https://canari.example/page", "title": "Page"},
                {"url": f"https://canari.example/?e={CANARY.email}", "title": CANARY.email},
            ]
        )
        for who, contact in zip((CANARY, BYSTANDER), contacts, strict=True):
            trace = env["mailing.trace"].create(
                {
                    "mass_mailing_id": mailing.id,
                    "model": "mailing.contact",
                    "res_id": contact.id,
                    "email": who.email,
                    "message_id": f"<{who.email}@local>",
                    "trace_status": "open",
                    "open_datetime": "2026-02-01 10:00:00",
                    "links_click_datetime": "2026-02-01 10:01:00",
                }
            )
            env["link.tracker.click"].create(
                {"link_id": links[0].id, "ip": who.ip, "mailing_trace_id": trace.id}
            )
        self.note(mailing=mailing, mailing_contact=contacts[0])
        self.note(bystander_mailing_contact=contacts[1])

    def seed_sms(self):
        """Queue an SMS for both, with the trace of one."""
        env = self.env
        for who, partner in ((CANARY, self.made.person), (BYSTANDER, self.made.bystander)):
            sms = env["sms.sms"].create(
                {
                    "number": who.phone_e164,
                    "body": f"Bonjour {who.name}",
                    "partner_id": partner,
                    "state": "outgoing",
                }
            )
            env["mailing.trace"].create(
                {
                    "mass_mailing_id": self.made.mailing,
                    "trace_type": "sms",
                    "model": "res.partner",
                    "res_id": partner,
                    "sms_number": who.phone_e164,
                    "sms_id_int": sms.id,
                    "trace_status": "pending",
                }
            )
            letter = env["snailmail.letter"].create(
                {
                    "model": "res.partner",
                    "res_id": partner,
                    "partner_id": partner,
                    "company_id": env.company.id,
                    "report_template": False,
                }
            )
            letter.street = who.street

    def seed_lists(self):
        """Put the person on Odoo's lists of who wants no messages."""
        self.env["mail.blacklist"]._add(CANARY.email)
        self.env["phone.blacklist"]._add([CANARY.phone_e164])
