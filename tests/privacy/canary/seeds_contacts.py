# pylint: disable=translation-required
import base64
import io

from PIL import Image

from odoo import Command

from .people import BYSTANDER, CANARY


def picture(color):
    """Give a small picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (80, 80), color).save(file, "PNG")
    return base64.b64encode(file.getvalue())


class ContactSeeds:
    """Contacts, users, leads."""

    def seed_contacts(self):
        """Create both in a company, and what else there is of the person."""
        env = self.env
        other = env["res.company"].create({"name": "Canari Filiale"})
        company = env["res.partner"].create(
            {"name": "Canari Services SAS", "is_company": True, "country_id": self.france.id}
        )
        person, bystander = env["res.partner"].create(
            [self.contact_values(CANARY, company), self.contact_values(BYSTANDER, company)]
        )
        person.write({"image_1920": picture("red"), "barcode": "CANARY-19900"})
        bystander.write({"image_1920": picture("blue")})
        home, old = env["res.partner"].create(
            [
                {
                    "name": CANARY.name,
                    "type": "delivery",
                    "parent_id": person.id,
                    "street": CANARY.street,
                    "email": CANARY.second_email,
                },
                {
                    "name": f"{CANARY.family} {CANARY.first}",
                    "email": f'"{CANARY.name}" <{CANARY.email}>',
                    "phone": CANARY.phone,
                    "country_id": self.france.id,
                    "company_id": other.id,
                    "active": False,
                },
            ]
        )
        self.note(company=company, person=person, bystander=bystander, home=home, old=old)
        self.made.other_company = other.id
        self.merge_former(person)
        # a change that is tracked, and names the address of before
        person.email = CANARY.second_email
        env.flush_all()
        env.cr.flush()
        person.email = CANARY.email

    def merge_former(self, person):
        """Merge a contact with a former name and address into the person."""
        former = self.env["res.partner"].create(
            {
                "name": CANARY.former_name,
                "email": CANARY.former_email,
                "parent_id": person.parent_id.id,
            }
        )
        former.message_post(body=f"De {CANARY.former_name}", subject=CANARY.former_name)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([former.id, person.id], person)

    @property
    def france(self):
        """Give the country that makes phone numbers French."""
        return self.env.ref("base.fr")

    def contact_values(self, person, company):
        """Give the values of a contact with everything filled in."""
        return {
            "name": person.name,
            "parent_id": company.id,
            "type": "other",
            "email": person.email,
            "phone": person.phone,
            "street": person.street,
            "city": "Serinville",
            "zip": "99871",
            "country_id": self.france.id,
            "website": f"https://{person.email.partition('@')[0]}.example",
            "function": "Directrice",
            "ref": person.name,
            "comment": f"<p>{person.name.replace('&', '&amp;')}, {person.phone}</p>",
            "bank_ids": [
                Command.create({"acc_number": person.iban, "acc_holder_name": person.name})
            ],
        }

    def seed_users(self):
        """Let both come by the portal, from their own computers; and hire an accountant."""
        env = self.env
        users = env["res.users"].with_context(no_reset_password=True)
        accountant = users.create(
            {
                "name": "Comptable",
                "login": "comptable",
                "group_ids": [Command.set(env.ref("account.group_account_user").ids)],
            }
        )
        self.note(accountant=accountant)
        for who, partner in ((CANARY, self.made.person), (BYSTANDER, self.made.bystander)):
            user = users.create(
                {
                    "partner_id": partner,
                    "login": who.email,
                    "password": "canary-password-1",
                    "signature": f"<p>{who.name.replace('&', '&amp;')}</p>",
                    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                }
            )
            env["res.device.log"].create(
                {
                    "user_id": user.id,
                    "session_identifier": f"session of {user.id}",
                    "ip_address": who.ip,
                    "city": "Serinville",
                    "browser": "firefox",
                    "revoked": False,
                }
            )
            env["res.users.log"].with_user(user).sudo().create({})
            env["res.users.settings"].sudo()._find_or_create_for_user(user)
            env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "canary", None)
            self.note(**{"user" if who is CANARY else "bystander_user": user})

    def seed_leads(self):
        """Create leads that are linked, archived and found by an address or a number only."""
        lead, archived, by_phone, other = self.env["crm.lead"].create(
            [
                self.lead_values(CANARY, partner_id=self.made.person, type="opportunity"),
                self.lead_values(CANARY, active=False, email_from=f"Zéphyrine <{CANARY.email}>"),
                {
                    "name": "Rappeler",
                    "contact_name": CANARY.name,
                    "phone": CANARY.phone_e164,
                    "country_id": self.france.id,
                    "type": "lead",
                },
                self.lead_values(BYSTANDER, partner_id=self.made.bystander),
            ]
        )
        self.note(lead=lead, archived_lead=archived, phone_lead=by_phone, bystander_lead=other)
        lead.email_from = CANARY.second_email
        self.env.flush_all()
        self.env.cr.flush()
        lead.email_from = CANARY.email

    def lead_values(self, person, **values):
        """Give the values of a lead that names a person in many of its fields."""
        return {
            "name": f"Machine pour {person.name}",
            "type": "lead",
            "contact_name": person.name,
            "partner_name": "Canari Services SAS",
            "email_from": person.email,
            "email_cc": person.second_email,
            "phone": person.phone,
            "street": person.street,
            "country_id": self.france.id,
            "referred": f"{person.family} {person.first}",
            "description": f"<p>{person.name.replace('&', '&amp;')}: {person.phone_e164}</p>",
            **values,
        }
