# pylint: disable=translation-required
import base64
import gzip
import html
import io
import json
import quopri
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup
from reportlab.pdfgen import canvas

from odoo import Command

from .people import BYSTANDER, CANARY


class MessageSeeds:
    """Chatter, queue, activities, channels, meetings, files."""

    def seed_threads(self):
        """Let everybody write of everybody, on own and others' documents."""
        env = self.env
        company = env["res.partner"].browse(self.made.company)
        person = env["res.partner"].browse(self.made.person)
        escaped = CANARY.name.replace("&", "&amp;").replace("'", "&#x27;")
        person.message_post(
            body=f"Bonjour, {CANARY.name} ({CANARY.phone})",
            subject=f"Devis pour {CANARY.name}",
            author_id=person.id,
            email_from=f'"{CANARY.name}" <{CANARY.email}>',
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            incoming_email_cc=BYSTANDER.email,
        )
        shared = company.message_post(
            body=Markup("<p>%s et %s: <a href='mailto:%s'>%s</a>, %s</p>")
            % (CANARY.name, BYSTANDER.name, CANARY.email, quote(CANARY.email), CANARY.phone),
            author_id=self.made.bystander,
            email_from=f'"{BYSTANDER.name}" <{BYSTANDER.email}>',
            incoming_email_to=f"{CANARY.email}, {BYSTANDER.email}",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        only_theirs = company.message_post(
            body=Markup("<p>%s seul, %s</p>") % (BYSTANDER.name, BYSTANDER.email),
            author_id=self.made.bystander,
        )
        lead = env["crm.lead"].browse(self.made.bystander_lead)
        named = lead.message_post(
            body=Markup("<p>Recommandé par %s</p>") % Markup(escaped),
            subject=CANARY.name.upper(),
        )
        env["mail.message.reaction"].create(
            {"message_id": shared.id, "content": "👍", "partner_id": person.id}
        )
        (company | person).message_subscribe([self.made.person, self.made.bystander])
        self.note(shared_message=shared, bystander_message=only_theirs, named_message=named)
        self.seed_activities()

    def seed_activities(self):
        """Plan calls, one done, one on the document of the other."""
        env = self.env
        for model, record in (
            ("crm.lead", self.made.lead),
            ("crm.lead", self.made.bystander_lead),
            ("res.partner", self.made.person),
        ):
            activity = (
                env[model]
                .browse(record)
                .activity_schedule(
                    "mail.mail_activity_data_call",
                    summary=f"Appeler {CANARY.name}",
                    note=f"<p>{CANARY.phone}</p>",
                )
            )
        activity.action_feedback(f"{CANARY.name} a répondu")

    def seed_queue(self):
        """Queue mails of each kind: waiting, failed, planned, allowed."""
        env = self.env
        person = env["res.partner"].browse(self.made.person)
        for state in ("outgoing", "exception", "sent"):
            env["mail.mail"].create(
                {
                    "subject": f"Pour {CANARY.name}",
                    "body_html": f"<p>{html.escape(CANARY.name)}, {CANARY.email}</p>",
                    "email_to": CANARY.email,
                    "email_cc": BYSTANDER.email,
                    "headers": quopri.encodestring(f"To: {CANARY.name}".encode()).decode(),
                    "references": f"<{base64.b64encode(CANARY.email.encode()).decode()}@local>",
                    "failure_reason": f"550 {CANARY.email} unknown",
                    "state": state,
                    "auto_delete": False,
                }
            )
        env["mail.mail"].create(
            {
                "subject": "Pour l'autre",
                "email_to": BYSTANDER.email,
                "state": "outgoing",
                "auto_delete": False,
            }
        )
        env["mail.scheduled.message"].create(
            {
                "subject": f"Relance de {CANARY.name}",
                "body": f"<p>{CANARY.email}</p>",
                "model": "res.partner",
                "res_id": person.id,
                "author_id": env.user.partner_id.id,
                "partner_ids": [Command.set(person.ids)],
                "scheduled_date": datetime(2036, 1, 1),
                "notification_parameters": json.dumps({"email": CANARY.email}),
            }
        )
        env["mail.scheduled.message"].create(
            {
                "subject": f"Demander à {CANARY.name}",
                "body": f"<p>{CANARY.email}</p>",
                "model": "res.partner",
                "res_id": self.made.bystander,
                "author_id": env.user.partner_id.id,
                "partner_ids": [Command.set([self.made.bystander])],
                "scheduled_date": datetime(2036, 1, 1),
            }
        )
        env["mail.gateway.allowed"].create({"email": CANARY.email})

    def seed_discuss(self):
        """Let both talk in a channel, and the person once more as a guest."""
        env = self.env
        guest, other = env["mail.guest"].create(
            [{"name": who.name, "email": who.email} for who in (CANARY, BYSTANDER)]
        )
        channel = env["discuss.channel"].create(
            {
                "name": "Canaris",
                "description": f"Chantiers de {CANARY.name}",
                "channel_type": "channel",
                "group_public_id": False,
            }
        )
        env["discuss.channel.member"].create(
            [
                {"channel_id": channel.id, "partner_id": self.made.person},
                {"channel_id": channel.id, "partner_id": self.made.bystander},
                {"channel_id": channel.id, "guest_id": guest.id},
            ]
        )
        for body, author in (
            (f"Je suis {CANARY.name}", self.made.person),
            (f"Moi {BYSTANDER.name}", self.made.bystander),
            (f"{CANARY.name} a dit oui, {CANARY.phone}", self.made.bystander),
        ):
            channel.message_post(body=body, author_id=author, message_type="comment")
        env["mail.message"].create(
            {
                "model": "discuss.channel",
                "res_id": channel.id,
                "author_guest_id": guest.id,
                "body": f"<p>{CANARY.second_email}</p>",
                "message_type": "comment",
            }
        )
        self.note(channel=channel, guest=guest, bystander_guest=other)

    def seed_calendar(self):
        """Invite both to a meeting that names the person."""
        meeting = (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=True)
            .create(
                {
                    "name": f"Visite chez {CANARY.name}",
                    "description": f"<p>Code: {CANARY.phone}</p>",
                    "location": CANARY.street,
                    "start": "2026-04-01 09:00:00",
                    "stop": "2026-04-01 10:00:00",
                    "partner_ids": [Command.set([self.made.person, self.made.bystander])],
                    "opportunity_id": self.made.lead,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.made.lead,
                }
            )
        )
        self.note(meeting=meeting)

    def seed_files(self):
        """Attach a text, a PDF, and the text of the other."""
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"Notes sur {CANARY.name}.txt",
                    "res_model": "res.partner",
                    "res_id": self.made.person,
                    "mimetype": "text/plain",
                    "raw": f"{CANARY.name}\n{CANARY.email}\n{CANARY.phone}".encode(),
                },
                {
                    "name": "contrat.pdf",
                    "res_model": "crm.lead",
                    "res_id": self.made.lead,
                    "mimetype": "application/pdf",
                    "raw": self.pdf(CANARY.email),
                },
                {
                    "name": "notes.gz",
                    "res_model": "sale.order",
                    "res_id": self.made.quotation,
                    "mimetype": "application/gzip",
                    "raw": gzip.compress(CANARY.name.encode()),
                },
                {
                    "name": "base.bin",
                    "res_model": "res.partner",
                    "res_id": self.made.person,
                    "type": "binary",
                    "db_datas": f"{CANARY.email} in the database".encode(),
                },
                {
                    "name": "notes.txt",
                    "res_model": "res.partner",
                    "res_id": self.made.bystander,
                    "mimetype": "text/plain",
                    "raw": f"{BYSTANDER.name}\n{BYSTANDER.email}".encode(),
                },
            ]
        )
        self.note(files=attachments[:-1], bystander_file=attachments[-1])

    @staticmethod
    def pdf(text):
        """Give a PDF with a packed text."""
        file = io.BytesIO()
        page = canvas.Canvas(file, pageCompression=1)
        page.drawString(100, 700, text)
        page.save()
        return file.getvalue()

    def seed_wizards(self):
        """Leave what people left open: wizards, notices, logged errors."""
        env = self.env
        env["mail.compose.message"].create(
            {
                "model": "res.partner",
                "res_ids": str([self.made.person]),
                "subject": f"Bonjour {CANARY.name}",
                "body": f"<p>{CANARY.email}</p>",
                "partner_ids": [Command.set([self.made.person])],
            }
        )
        env["privacy.lookup.wizard"].create(
            {"name": CANARY.name, "email": CANARY.email}
        ).action_lookup()
        env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_id": self.made.person,
                "numbers": CANARY.phone,
                "body": f"Bonjour {CANARY.name}",
            }
        )
        env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": f"name,email\n{CANARY.name},{CANARY.email}".encode(),
                "file_name": "contacts.csv",
            }
        )
        env["ir.logging"].create(
            {
                "name": "canary",
                "type": "server",
                "path": "canary",
                "line": "1",
                "func": "mail",
                "message": f"no such recipient {CANARY.email}",
            }
        )
        env["bus.bus"]._sendone(env.user.partner_id, "canary", {"name": CANARY.name})
