# concepts, in load order: one may use those above it, never one below
from . import settings
from . import lifecycle
from . import touchpoint
from . import qualification
from . import scoring
from . import rfm
from . import segment
from . import privacy
from . import nurture
