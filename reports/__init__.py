from . import lifecycle
from . import qualification
