"""What belongs to a generation: its provider, options and keys, its model, its chunking and its vector table.

Everything that shapes stored rows is written into ``Generation.configuration`` when a generation is made, so that it
can be searched and kept up to date after the settings have changed. Keys and addresses of services are never written:
they are taken from the present settings.
"""

from .configuration import fingerprint_of, fits, make_configuration
from .former import find_vector_table_of, get_provider_of, get_vector_table_of, settings_of
from .private import without_private

__all__ = [
    "find_vector_table_of",
    "fingerprint_of",
    "fits",
    "get_provider_of",
    "get_vector_table_of",
    "make_configuration",
    "settings_of",
    "without_private",
]
