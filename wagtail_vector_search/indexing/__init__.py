"""Page to rows.

To follow a publish, read outbox, tasks, worker and pipeline; to follow a build, update, bulk and pipeline.
"""
