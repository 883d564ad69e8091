"""The side panel "Search" of the page editor: what search makes of one page, and of its draft."""
