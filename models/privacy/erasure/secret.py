"""The secret outside of the database with which erased addresses are recognised again.

What is it for?
    An address that was erased is kept nowhere. Its fingerprint is: an HMAC-SHA256 of the
    normalised address with this secret. Without the secret nobody can try out addresses on a
    copy of the database, which would be easy with a plain hash.
Where is it?
    The option `crm_lifecycle_privacy_secret` of the configuration file. Without that option, a
    file of the data directory that only Odoo may read, made at the first use. It lies beside
    the files of attachments, so a dump of the database with its files does not hold it: put it
    into another backup than the database.
What if several servers work on one database?
    They share the data directory, or all have the same option.
What if it is lost?
    Erased addresses are not recognised any more; nothing else is harmed.
"""

import hmac
import os
import secrets
from contextlib import suppress

from odoo.tools import config

OPTION = "crm_lifecycle_privacy_secret"
FOLDER = "crm_lifecycle_privacy"
FILE = "secret.key"


def fingerprint(kind, value):
    """Give the fingerprint of a normalised e-mail address or phone number.

    :param kind: email or phone, so that the same text does not mean both
    """
    return hmac.digest(_secret(), f"{kind}:{value}".encode(), "sha256").hex()


def sign(data):
    """Give the signature of bytes."""
    return hmac.digest(_secret(), data, "sha256").hex()


def same(one, other):
    """Compare two fingerprints in a time that does not tell how far they agree."""
    return hmac.compare_digest(one.encode(), other.encode())


def folder():
    """Give the folder of what is kept outside of the database; make it if it is missing."""
    path = os.path.join(config["data_dir"], FOLDER)
    os.makedirs(path, mode=0o700, exist_ok=True)
    return path


def _secret():
    """Give the secret of the configuration, or of the file."""
    configured = config.get(OPTION)
    if configured:
        return configured.encode()
    path = os.path.join(folder(), FILE)
    with suppress(FileNotFoundError), open(path, "rb") as file:
        return file.read()
    _make(path)
    with open(path, "rb") as file:
        return file.read()


def _make(path):
    """Write a new secret; of two processes that do so at the same time the first one wins."""
    draft = f"{path}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
