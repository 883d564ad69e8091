"""What needs attention, on the home page of the admin."""
