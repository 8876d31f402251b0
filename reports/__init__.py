from . import lifecycle
from . import touchpoint
