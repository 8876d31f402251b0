"""The copy of one person's data: its parts and the archive, among many other people.

PARTNERS and MESSAGES change the size of the database, OWN the messages of the person.
"""

import os

import bench_privacy_erasure as crowd
from measuring import timed

OWN = int(os.environ.get("OWN", "2000"))


def run(env, report):
    """Fill the database, then copy the data of one person step by step."""
    crowd.fill(env)
    person = env["res.partner"].create({"name": "Ann Copied", "email": "ann@copied.example"})
    env["mail.message"].create(
        [
            {
                "model": "res.partner",
                "res_id": person.id,
                "author_id": person.id,
                "body": f"<p>Question {number}</p>",
                "message_type": "email",
            }
            for number in range(OWN)
        ]
    )
    env["crm.privacy.location"]._discover()
    request = env["crm.privacy.request"].create(
        {"type": "access", "partner_id": person.id, "verification_note": "Known"}
    )
    request.action_verify()
    request.action_confirm_identity()
    request.action_approve()
    report.value("beginning of the copy", timed(env, request.action_run), "s")
    steps = []
    while todo := request.part_ids.filtered(lambda part: part.state == "todo"):
        steps.append(timed(env, lambda part=todo[:1]: request._copy_step(part)))
    report.value("steps", len(steps))
    report.value("longest step", max(steps), "s")
    report.value("all steps", sum(steps), "s")
    report.value("the archive", timed(env, lambda: request._copy_step(request.part_ids[:0])), "s")
    report.value("size of the archive", len(request.archive_id.raw) / 1e6, "MB")
