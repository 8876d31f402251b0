"""A person seeded wherever an Odoo database keeps people, and the search for what is left of her.

`people` has the values, `seeds*` put them into the database, `dump` looks for them in a plain dump
and in the files. Nothing here uses the code that erases: it is the judge of it.
"""
