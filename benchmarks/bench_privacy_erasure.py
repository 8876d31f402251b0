"""Erasure: the time of the registry, the plan and the run for one person among many.

The texts of large tables are searched in the background; its steps are measured apart.
PARTNERS and MESSAGES change the size.
"""

import os

from measuring import quiet, timed, vacuum

PARTNERS = int(os.environ.get("PARTNERS", "1000000"))
MESSAGES = int(os.environ.get("MESSAGES", "5000000"))
BATCH = 500_000
TABLES = (
    "res_partner",
    "mail_message",
    "mail_notification",
    "mail_followers",
    "mail_tracking_value",
)

PEOPLE = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, phone_sanitized,
        street, zip, city, comment, active, type, autopost_bills, create_date)
    SELECT 'Person ' || n || ' Number', 'Person ' || n || ' Number',
        'person' || n || '@many.example', 'person' || n || '@many.example',
        '+331' || lpad(n::text, 8, '0'), '+331' || lpad(n::text, 8, '0'),
        n || ' avenue of the Benchmark', '75001', 'Paris',
        '<p>Wants to be called in the morning</p>', TRUE, 'contact', 'ask', now()
      FROM generate_series(%s, %s) n
"""
LETTERS = """
    INSERT INTO mail_message (model, res_id, body, subject, email_from, reply_to, author_id,
        message_type, date, create_date, write_date, message_id, is_internal)
    SELECT 'res.partner', %(first)s + n %% %(people)s,
        '<p>Dear person ' || n || ',</p><p>thank you for your message of yesterday. '
        || md5(n::text) || '</p><p>Yours, the team of the benchmark</p>',
        'About your request ' || n, '"Team" <team@company.example>',
        '"Team" <team@company.example>', %(first)s + (n * 7) %% %(people)s,
        'comment', now(), now(), now(), '<' || n || '@company.example>', FALSE
      FROM generate_series(%(start)s, %(stop)s) n
"""
NOTICES = """
    INSERT INTO mail_notification (mail_message_id, res_partner_id, notification_type,
        notification_status, is_read)
    SELECT id, res_id, 'email', 'sent', TRUE FROM mail_message
     WHERE model = 'res.partner' AND id BETWEEN %s AND %s
"""


def run(env, report):
    """Fill the database, then find, plan and erase one person."""
    fill(env)
    person = seed(env)
    places = env["crm.privacy.location"]
    report.value(f"registry, first time ({PARTNERS:,} partners)", timed(env, places._discover), "s")
    request = env["crm.privacy.request"].create(
        {"type": "erasure", "partner_id": person.id, "verification_note": "Known"}
    )
    report.value("who the person is", timed(env, request.action_find_identity), "s")
    request.action_confirm_identity()
    report.value("registry and plan", timed(env, request.action_plan), "s", at_most=5)
    steps = []
    while request.erasure_state == "searching":
        steps.append(timed(env, request._search_step))
    report.value("background: steps through the texts of large tables", len(steps))
    report.value("background: longest step", max(steps, default=0), "s")
    report.value("background: all steps", sum(steps), "s")
    request.action_verify()
    request.action_approve()
    seconds = timed(env, request.action_run)
    while request.erasure_state == "running":
        seconds += timed(env, request._erasure_step)
    report.value("erasure without the files", seconds, "s", at_most=15)
    report.value("erasure: the files", timed(env, request._delete_files), "s")


def fill(env):
    """Add people, messages to them and notices of the messages, in SQL."""
    for start in range(1, PARTNERS + 1, BATCH):
        env.cr.execute(PEOPLE, (start, min(start + BATCH - 1, PARTNERS)))
        env.cr.commit()
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE zip = '75001'")
    env.cr.execute("SELECT min(id) FROM res_partner WHERE name = 'Person 1 Number'")
    first = env.cr.fetchone()[0]
    for start in range(1, MESSAGES + 1, BATCH):
        values = {"first": first, "people": PARTNERS, "start": start}
        values["stop"] = min(start + BATCH - 1, MESSAGES)
        env.cr.execute(LETTERS, values)
        env.cr.execute("SELECT max(id) FROM mail_message")
        last = env.cr.fetchone()[0]
        env.cr.execute(NOTICES, (last - (values["stop"] - start), last))
        env.cr.commit()
        quiet(f"{start:,} messages")
    vacuum(env, *TABLES)


def seed(env):
    """Create the person, with a lead, messages, and a mention in somebody else's thread."""
    person = env["res.partner"].create(
        {
            "name": "Benoît Quenouille",
            "email": "benoit.quenouille@only-him.example",
            "phone": "+33199005544",
            "street": "3 rue de la Mesure",
        }
    )
    env["crm.lead"].create({"name": "Request", "partner_id": person.id, "description": person.name})
    other = env["res.partner"].search([("email", "=", "person7@many.example")], limit=1)
    for record in person, other:
        record.message_post(body=f"Call {person.name} at {person.phone}")
    env.cr.commit()
    return person
