"""The journal of erasures outside of the database, for the day when a backup is restored.

What is in it?
    One line for each erasure: number, date, fingerprints of the addresses (see `secret`), models
    and numbers of the records with the moment when each was created. No name, no address.
Where is it?
    In the folder of the option `crm_lifecycle_privacy_journal` of the configuration file; without
    that option beside the secret, in the data directory. One file for each database, named after
    its number (`database.uuid`), so a restored database finds its own.
When is it written?
    Before anything is erased: an erasure that is not in the journal cannot be done again. A line
    more than erasures does no harm.
What if the machine dies while writing?
    Each line is signed; one that is cut off or changed is left out when it is read.
"""

import fcntl
import json
import os

from odoo.tools import config

from . import secret

OPTION = "crm_lifecycle_privacy_journal"


def path(env):
    """Give the file of the database of an environment."""
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid")
    folder = config.get(OPTION) or secret.folder()
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.join(folder, f"{uuid}.journal")


def append(env, entry):
    """Add an entry, on the disk before this returns.

    :param dict entry: plain values that JSON can hold
    """
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    line = f"{secret.sign(text.encode())} {text}\n".encode()
    descriptor = os.open(path(env), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if file.seek(0, os.SEEK_END) and not _ends_line(file):
            line = b"\n" + line  # a line was cut off
        file.write(line)
        os.fsync(file.fileno())


def _ends_line(file):
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def read(env):
    """Give the entries, oldest first, and how many lines were not readable."""
    try:
        with open(path(env), "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            lines = file.read().splitlines()
    except FileNotFoundError:
        return [], 0
    entries = [entry for line in lines if line and (entry := _entry(line))]
    return entries, len(list(filter(None, lines))) - len(entries)


def _entry(line):
    """Give the entry of a line, None if it is cut off or was changed."""
    signature, _space, text = line.partition(b" ")
    if not secret.same(signature.decode("ascii", "replace"), secret.sign(text)):
        return None
    return json.loads(text)
