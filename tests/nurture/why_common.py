from .common import NurtureCase

WAIT = {"kind": "wait", "name": "think", "wait_number": 3}


class NurtureWhyCase(NurtureCase):
    """Asks why somebody is where they are."""

    def up(self, **values):
        return {"kind": "stage", "name": "up", "stage_id": self.prospect.id, **values}

    def why(self, sequence, record, user=None):
        """Give the answer of a person, as somebody of marketing reads it."""
        user = user or self.marketing
        return sequence.with_user(user)._why(record.with_user(user))

    def code(self, sequence, record):
        return self.why(sequence, record)["code"]

    def text(self, sequence, record, user=None):
        return self.why(sequence, record, user)["text"]

    def _segment(self):
        return self.env["crm.segment"].create(
            {"name": "Asleep", "model": "crm.lead", "domain": "[('street', '=', 'Asleep')]"}
        )

    def also(self, sequence, record):
        return " ".join(self.why(sequence, record)["also"])
