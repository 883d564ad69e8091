"""Visitors who search and editors who publish, at once, on the demo site behind a real server."""
