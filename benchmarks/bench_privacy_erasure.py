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
# Ids have gaps in a database that was used: people are numbered anew.
NUMBERED = """
    CREATE TEMP TABLE bench_person ON COMMIT PRESERVE ROWS AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM res_partner WHERE id > %s
"""
LETTERS = """
    WITH letter AS (
        INSERT INTO mail_message (model, res_id, body, subject, email_from, reply_to, author_id,
            message_type, date, create_date, write_date, message_id, is_internal)
        SELECT 'res.partner', reader.id,
            '<p>Dear person ' || n || ',</p><p>thank you for your message of yesterday. '
            || md5(n::text) || '</p><p>Yours, the team of the benchmark</p>',
            'About your request ' || n, '"Team" <team@company.example>',
            '"Team" <team@company.example>', author.id,
            'comment', now(), now(), now(), '<' || n || '@company.example>', FALSE
          FROM generate_series(%(start)s, %(stop)s) n
          JOIN bench_person reader ON reader.number = n %% %(people)s
          JOIN bench_person author ON author.number = (n::bigint * 7) %% %(people)s
        RETURNING id, res_id
    )
    INSERT INTO mail_notification (mail_message_id, res_partner_id, notification_type,
        notification_status, is_read)
    SELECT id, res_id, 'email', 'sent', TRUE FROM letter
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
    env.cr.execute("SELECT coalesce(max(id), 0) FROM res_partner")
    (before,) = env.cr.fetchone()
    for start in range(1, PARTNERS + 1, BATCH):
        env.cr.execute(PEOPLE, (start, min(start + BATCH - 1, PARTNERS)))
        env.cr.commit()
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id"
        " WHERE id > %s AND commercial_partner_id IS NULL",
        (before,),
    )
    env.cr.execute("DROP TABLE IF EXISTS bench_person")
    env.cr.execute(NUMBERED, (before,))
    env.cr.execute("CREATE UNIQUE INDEX ON bench_person (number)")
    env.cr.execute("ANALYZE bench_person")
    for start in range(1, MESSAGES + 1, BATCH):
        stop = min(start + BATCH - 1, MESSAGES)
        env.cr.execute(LETTERS, {"people": PARTNERS, "start": start, "stop": stop})
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
