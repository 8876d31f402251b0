"""The personal data of people: may we write to them, what do we keep, how is it erased.

Five parts, each in a folder of its own: *consent* (purposes, consents with their proof, the gate
that every message passes), *request* (what persons ask for, deadlines), *erasure* (where personal
data is, plan and run of an erasure, what is left), *export* (copies of their data), *register*
(processings, breaches, retention).
"""

from . import consent
from . import request
from . import erasure
from . import export
from . import register
