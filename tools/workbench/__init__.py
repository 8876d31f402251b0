"""The workbench behind the Makefile: from a clone to a working Odoo 19, step by step.

It starts on the machine's own Python with nothing but the standard library, brings what is missing
(`debian`, `odoo_source`, `python_env`, `programs`), starts PostgreSQL (`postgres`), makes databases
(`databases`) and runs Odoo on them (`odoo`, `demo`, `testing`, ...). `__main__` lists the commands,
`steps` prints their progress, `paths` knows where everything lies.

Packages of the own environment (psycopg2, polib) can be imported after `python_env` was prepared,
so they are imported inside the functions that use them.
"""
