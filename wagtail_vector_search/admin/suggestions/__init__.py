"""Pages to link to: a tab of the page chooser that the rich text editor opens."""
