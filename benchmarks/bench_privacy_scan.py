"""After an erasure: the search of everything, the replay of a journal, the list of addresses.

PARTNERS, MESSAGES and ERASED (fingerprints on the list) change the size.
"""

import os
import secrets
import statistics

from measuring import timed, vacuum

PARTNERS = int(os.environ.get("PARTNERS", "1000000"))
MESSAGES = int(os.environ.get("MESSAGES", "5000000"))
ERASED = int(os.environ.get("ERASED", "10000"))
LEADS = 1000
ROUNDS = 5

PEOPLE = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, phone_sanitized,
        active, type, autopost_bills, create_date)
    SELECT 'Person ' || n || ' Number', 'Person ' || n || ' Number',
        'person' || n || '@many.example', 'person' || n || '@many.example',
        '+331' || lpad(n::text, 8, '0'), '+331' || lpad(n::text, 8, '0'),
        TRUE, 'contact', 'ask', now()
      FROM generate_series(1, %s) n
"""
LETTERS = """
    INSERT INTO mail_message (model, res_id, body, subject, email_from, message_type, date,
        create_date, write_date, message_id, is_internal)
    SELECT 'res.partner', n, '<p>Dear person ' || n || ',</p><p>'
        || repeat('thank you for your message of yesterday, call 01 42 00 11 22. ', 8)
        || md5(n::text) || '</p>', 'About your request ' || n, '"Team" <team@company.example>',
        'comment', now(), now(), now(), '<' || n || '@company.example>', FALSE
      FROM generate_series(1, %s) n
"""


def run(env, report):
    """Fill the database; search it for one person; find the persons of a journal; create leads."""
    env.cr.execute(PEOPLE, [PARTNERS])
    env.cr.execute(LETTERS, [MESSAGES])
    vacuum(env, "res_partner", "mail_message")
    measure_scan(env, report)
    measure_replay(env, report)
    measure_leads(env, report)


def measure_scan(env, report):
    """Search everything for one person who is nowhere any more."""
    request = env["crm.privacy.request"].create({"type": "erasure", "user_id": False})
    request.identity_frozen = {
        "emails": ["benoit.quenouille@only-him.example"],
        "phones": ["+33199005544", "01 99 00 55 44"],
        "names": ["Benoît Quenouille"],
        "ibans": ["FR7630006000011234567890189"],
    }
    scan = request._start_scan()
    steps = []
    while scan.state in ("waiting", "running"):
        steps.append(timed(env, scan._step))
    env.cr.execute("SELECT pg_total_relation_size('mail_message') / 1e6")
    report.value(f"search: {MESSAGES:,} messages", sum(steps), "s")
    report.value("search: the messages on the disk", float(env.cr.fetchone()[0]), "MB")
    report.value("search: longest step", max(steps), "s", at_most=10)
    report.value("search: found", len(scan.hit_ids), at_most=0)


def measure_replay(env, report):
    """Find the persons of a journal of a hundred erasures in the whole database."""
    entry = {"request": "X", "records": {}}
    entries = [{**entry, "fingerprints": [secrets.token_hex(32)]} for _entry in range(100)]
    seconds = timed(env, lambda: env["crm.privacy.replay"]._find(entries))
    report.value(f"replay: find 100 persons among {PARTNERS:,}", seconds, "s")


def measure_leads(env, report):
    """Create leads with an empty list of erased addresses, and with a long one."""
    create(env)
    without = statistics.median(timed(env, lambda: create(env)) for _round in range(ROUNDS))
    emails = [f"erased{number}@gone.example" for number in range(ERASED)]
    report.value(
        f"list: add {ERASED:,} addresses",
        timed(env, lambda: env["crm.privacy.suppression"]._add(emails, [])),
        "s",
    )
    with_list = statistics.median(timed(env, lambda: create(env)) for _round in range(ROUNDS))
    report.value(f"list: create {LEADS:,} leads, nobody erased", without, "s")
    report.value(f"list: create {LEADS:,} leads, {ERASED:,} erased", with_list, "s")
    report.value("list: times longer", with_list / without, at_most=1.05)


def create(env):
    """Create leads as an import does."""
    leads = env["crm.lead"].with_context(tracking_disable=True)
    leads.create(
        [
            {"name": f"Lead {number}", "type": "lead", "email_from": f"lead{number}@new.example"}
            for number in range(LEADS)
        ]
    )
