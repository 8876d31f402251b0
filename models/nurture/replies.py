"""Which incoming e-mails nobody wrote: on plain messages of Python's e-mail package."""

#: Old ways of saying it, beside that of RFC 3834.
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
AUTOMATIC_PRECEDENCE = ("auto_reply", "bulk", "junk")


def is_automatic(message):
    """Tell whether a program answered: an absence note, an acknowledgement.

    >>> from email import message_from_string as read
    >>> is_automatic(read("Auto-Submitted: auto-replied; owner-email=a@b.test\\n\\nAway"))
    True
    >>> is_automatic(read("Precedence: Bulk\\n\\nAway"))
    True
    >>> is_automatic(read("X-Autoreply: yes\\n\\nAway"))
    True
    >>> is_automatic(read("Auto-Submitted: no\\n\\nCall me")), is_automatic(read("\\n\\nCall me"))
    (False, False)
    """
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        submitted != "no"
        or precedence in AUTOMATIC_PRECEDENCE
        or any(name in message for name in AUTOMATIC_HEADERS)
    )


def is_only_delayed(message):
    """Tell whether a report says that a mail is late, and nothing worse.

    >>> from email import message_from_string as read
    >>> report = '''Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    ...
    ... --b
    ... Content-Type: message/delivery-status
    ...
    ... Reporting-MTA: dns; a.test
    ...
    ... Final-Recipient: rfc822; a@b.test
    ... Action: %s
    ... --b--
    ... '''
    >>> is_only_delayed(read(report % "delayed")), is_only_delayed(read(report % "failed"))
    (True, False)
    >>> is_only_delayed(read("\\n\\nNo such user"))
    False
    """
    actions = [
        str(status["Action"]).strip().lower()
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for status in part.get_payload()
        if not isinstance(status, str) and "Action" in status
    ]
    return bool(actions) and set(actions) <= {"delayed", "delivered", "relayed", "expanded"}
