"""Page to rows. To follow a publish, read: outbox, tasks, worker, pipeline; to follow a build: update, bulk, pipeline."""
