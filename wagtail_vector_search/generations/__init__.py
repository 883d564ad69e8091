"""What belongs to a generation: its provider, options and keys, its model, its chunking and its vector table.

Everything that shapes stored rows is written into ``Generation.configuration`` when a generation is made, so that it
can be searched and kept up to date after the settings have changed. Keys and addresses of services are never written:
they are taken from the present settings.
"""
