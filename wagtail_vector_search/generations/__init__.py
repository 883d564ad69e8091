"""What belongs to a generation: its provider, options and keys, its model, its chunking and its vector table.

All that shapes stored rows is written into ``Generation.configuration`` when a generation is made, so that it can be
searched and kept up to date after the settings have moved on. Keys and the addresses of services never are: they are
taken from the present settings.
"""
