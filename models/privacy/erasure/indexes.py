"""Indexes of Odoo's tables by which an erasure finds the rows of a person.

Odoo reads these tables the other way round: the lines of a document, the attendees of a meeting.
"""

from odoo import models


def _by(column):
    return models.Index(f"({column}) WHERE {column} IS NOT NULL")


class MailMessage(models.Model):
    """Messages of a guest."""

    _inherit = "mail.message"

    _erased_guest_idx = _by("author_guest_id")


class MailMessageReaction(models.Model):
    """Reactions of a person."""

    _inherit = "mail.message.reaction"

    _erased_partner_idx = _by("partner_id")
    _erased_guest_idx = _by("guest_id")


class CalendarAttendee(models.Model):
    """Meetings of a person."""

    _inherit = "calendar.attendee"

    _erased_partner_idx = _by("partner_id")


class SmsSms(models.Model):
    """Text messages to a person."""

    _inherit = "sms.sms"

    _erased_partner_idx = _by("partner_id")


class AccountPayment(models.Model):
    """Payments of a person, and by a bank account."""

    _inherit = "account.payment"

    _erased_partner_idx = _by("partner_id")
    _erased_bank_idx = _by("partner_bank_id")


class AccountMove(models.Model):
    """Entries that name a bank account."""

    _inherit = "account.move"

    _erased_bank_idx = _by("partner_bank_id")


class AccountBankStatementLine(models.Model):
    """Lines of the bank of a person."""

    _inherit = "account.bank.statement.line"

    _erased_partner_idx = _by("partner_id")


class PaymentTransaction(models.Model):
    """On-line payments of a person."""

    _inherit = "payment.transaction"

    _erased_partner_idx = _by("partner_id")
