"""Pictures of the demo site for the documentation."""
