"""Links of public pages: signed, expiring, each good for one kind of page only.

What does a link carry?
    A few plain values (ids, never an address), the moment it expires, and a signature over both
    that only this database can make. Nothing of it is stored, so that nothing can leak.
What can be wrong with it?
    It was *tampered* with (or belongs to another page, or is no link at all), it has *expired*,
    or it may be used once and was *used*. The pages tell these apart; a visitor is told politely.
Who remembers that a link was used?
    `crm.privacy.link`, by a hash of the link, until it would have expired anyway.
"""

import base64
import hashlib
from datetime import datetime
from typing import NamedTuple

from odoo.tools import hash_sign, verify_hash_signed

VALID, EXPIRED, TAMPERED, USED = "valid", "expired", "tampered", "used"
#: Longer than any link of ours: what is longer is not even decoded.
MAX_LENGTH = 1_000


class Link(NamedTuple):
    """What a link says: its state, and its values if it is valid (or expired or used)."""

    state: str
    payload: object = None
    expires: datetime | None = None


def _sign(env, scope, payload, hours):
    """Give the token of a link.

    :param str scope: the kind of page; a token of one scope is worth nothing in another
    :param payload: what JSON can hold; ids rather than addresses
    :param float hours: how long it is good
    """
    return hash_sign(env(su=True), _scope(scope), payload, expiration_hours=hours)


def _read(env, scope, token):
    """Tell what a token says; it never raises, whatever the token is.

    Whether it was used before is asked of `crm.privacy.link` too.
    """
    expires = expiry(token)
    if expires is None:
        return Link(TAMPERED)
    try:
        payload = verify_hash_signed(env(su=True), _scope(scope), token)
    except (ValueError, TypeError):
        return Link(TAMPERED)
    if payload is None:
        # the signature covers the end: an end in the past may be forged as well, which only
        # gives the forger the more helpful of two refusals
        return Link(EXPIRED if expires <= datetime.now() else TAMPERED)
    if env["crm.privacy.link"]._is_spent(token):
        return Link(USED, payload, expires)
    return Link(VALID, payload, expires)


def _spend(env, scope, token):
    """Use up a link that is good for one use; False if somebody did so before.

    Of two that come at the same moment, one gets True.
    """
    link = _read(env, scope, token)
    return link.state == VALID and env["crm.privacy.link"]._spend(scope, token, link.expires)


def expiry(token):
    """Give the moment a token says it expires at, or None if it is no token.

    >>> expiry("no token") is None
    True
    >>> expiry("") is None
    True
    >>> expiry("AQAAAAAAAAAA" + "A" * 60) is None  # without an end: not one of ours
    True
    """
    raw = _decode(token)
    seconds = int.from_bytes(raw[1:9], "little") if len(raw) > 41 else 0
    try:
        return datetime.fromtimestamp(seconds) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def digest(token):
    """Give what is remembered of a token that was used: the same for all its spellings.

    >>> digest("QUE") == digest("QUF")  # differ in bits that no byte takes
    True
    """
    return hashlib.sha256(_decode(token)).hexdigest()


def _decode(token):
    """Give the bytes of a token; none if it is no token."""
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= MAX_LENGTH:
        return b""
    padded = token.encode() + b"=" * (-len(token) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _scope(scope):
    return f"crm_lifecycle.privacy.{scope}"
