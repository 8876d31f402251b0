import asyncio
import email
import email.policy
import socket
from contextlib import contextmanager, suppress
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common import NurtureCase

BODY = """
    <p>Hello <t t-out="object.display_name"/>,</p>
    <p><a href="https://shop.example/offer">Our offer</a></p>
    <p><a href="/unsubscribe_from_list">Unsubscribe</a></p>
"""


class Mailbox:
    """What a mail server received; it may refuse, ask for patience, or hang up."""

    def __init__(self):
        self.messages = []
        self.replies = {}
        self.hang_up_after = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        """Answer as told for an address."""
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        """Keep the message, or hang up."""
        if self.hang_up_after is not None and len(self.messages) >= self.hang_up_after:
            server.transport.close()
            await asyncio.sleep(0)
            return "421 going away"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"

    def of(self, address):
        """Give the messages to an address."""
        return [message for to, message in self.messages if address in to]


class NurtureMailCase(NurtureCase):
    """Sequences that write: a mail server of the test, and people with addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.alias_domain_id = cls.env["mail.alias.domain"].create(
            {
                "name": "nurture.test",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
            }
        )
        cls.env["ir.mail_server"].search([("active", "=", True)]).active = False
        cls.env["mail.mail"].search([("state", "=", "outgoing")]).state = "cancel"
        cls.purpose = cls.env["crm.privacy.purpose"].create(
            {
                "name": "Advice",
                "legal_basis": "legitimate_interests",
                "by_email": True,
                "by_sms": True,
            }
        )

    @classmethod
    def _mail(cls, name="mail", **values):
        return {
            "kind": "email",
            "name": name,
            "subject": f"About {name}",
            "body_html": BODY,
            **values,
        }

    def _two_mails(self):
        """Publish a sequence of two mails with some days between them."""
        return self._sequence(
            self._mail("first"),
            {"kind": "wait", "name": "wait", "wait_number": 3},
            self._mail("second"),
            purpose_id=self.purpose.id,
        )

    @classmethod
    def _people(cls, count, **values):
        """Create leads at companies: professionals, who may be written to until they object."""
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "lead",
                    "email_from": f"person{number}@firm{number}.test",
                    "phone": f"+3360102{number:04}",
                    "partner_name": f"Firm {number}",
                    "company_id": False,
                    **values,
                }
                for number in range(count)
            ]
        )

    @contextmanager
    def mail_server(self):
        """Let Odoo send to a real server; give what it received."""
        mailbox = Mailbox()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port)
        controller.start()
        server = self.env["ir.mail_server"].create(
            {
                "name": "Test",
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_encryption": "none",
            }
        )
        mailbox.stop = controller.stop
        try:
            with patch.object(IrMail_Server, "_disable_send", lambda _self: False):
                yield mailbox
        finally:
            server.active = False
            # the test may have stopped it
            with suppress(AssertionError, RuntimeError):
                controller.stop()

    def send(self):
        """Let Odoo send what is in the queue."""
        self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()

    def results(self, enrollments):
        """Give what became of the last message of each, in their order."""
        self.env.invalidate_all()
        rows = self.deliveries.search(
            [("enrollment_id", "in", enrollments.ids), ("step_id.kind", "in", ["email", "sms"])],
            order="id",
        )
        last = {row.enrollment_id.id: row.result for row in rows}
        return [last.get(enrollment.id) for enrollment in enrollments]

    def delivery(self, enrollment):
        """Give the last message of one."""
        domain = [("enrollment_id", "=", enrollment.id), ("trace_id", "!=", False)]
        return self.deliveries.search(domain, order="id desc", limit=1)
