"""Data to look at and to measure with: a shop's real purchases, and large made-up volumes.

Each module has `load(env, ...)`, to be called with `tools/in_odoo.py` or in `odoo shell`.

* `cdnow`: the customers and purchases of a record shop, 1997-98, through Odoo's accounting;
* `volume`: hundreds of thousands of contacts, invoices and leads by SQL, for benchmarks.
"""
