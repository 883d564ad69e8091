"""Every statement that writes the table ``Entry``, named after its verb in ``editors`` or ``workers``.

Statements that lock entries first do so in a CTE. A subquery may be executed once for each entry to update: it would
lock in another order, and claim more than a limit allows.
"""

# What the verbs of an editor set: the attempts begin again, and a worker that has the entry loses its claim.
_REQUESTED_AGAIN = """
    requested_version = entry.requested_version + 1, state = 'pending', skip_reason = '', attempts = 0,
    last_error = '', requested_at = statement_timestamp(), next_attempt_at = statement_timestamp(),
    lease_expires_at = NULL
"""

# request: pages, in every generation that follows the site.
REQUEST = f"""
INSERT INTO {{entry}} AS entry (generation_id, page_id)
SELECT generation.id, page.{{pk}}
FROM {{generation}} AS generation CROSS JOIN {{page}} AS page
WHERE generation.state IN ('building', 'active') AND generation.index_name = ANY(%(index_names)s)
    AND page.{{pk}} = ANY(%(pages)s::{{page_key}}[]) AND page.depth > 1
ORDER BY page.{{pk}}, generation.id
ON CONFLICT (generation_id, page_id) DO UPDATE SET {_REQUESTED_AGAIN}
RETURNING page_id
"""

# request_later: pages, in every generation that follows the site, without a look at their entries.
REQUEST_LATER = """
WITH noted AS (
    INSERT INTO {entry_request} (generation_id, page_id)
    SELECT generation.id, page.{pk}
    FROM {generation} AS generation CROSS JOIN {page} AS page
    WHERE generation.state IN ('building', 'active') AND generation.index_name = ANY(%(index_names)s)
        AND page.{pk} IN ({pages}) AND page.live AND page.alias_of_id IS NULL AND page.depth > 1
    RETURNING page_id
)
SELECT EXISTS (SELECT FROM noted) AS is_any
"""

# take_requests: entries that were requested without a look at them. What another transaction has locked stays noted. A
# page that is not listed, or is left out of search, is no business of the object that it shows.
TAKE_REQUESTS = f"""
WITH noted AS MATERIALIZED (
    SELECT id, generation_id, page_id FROM {{entry_request}}
    ORDER BY id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
),
listed AS MATERIALIZED (
    SELECT known.id, known.generation_id, known.page_id
    FROM {{entry}} AS known
    WHERE (known.generation_id, known.page_id) IN (SELECT generation_id, page_id FROM noted)
    ORDER BY known.page_id, known.generation_id
    FOR UPDATE OF known SKIP LOCKED
),
updated AS (
    UPDATE {{entry}} AS entry SET {_REQUESTED_AGAIN}
    FROM listed WHERE entry.id = listed.id AND entry.skip_reason IN ('', 'empty', 'own_rule')
    RETURNING entry.page_id
),
missed AS (
    SELECT generation_id, page_id FROM noted JOIN {{entry}} AS known USING (generation_id, page_id)
    EXCEPT SELECT generation_id, page_id FROM listed
),
taken AS (
    DELETE FROM {{entry_request}} AS request USING noted
    WHERE request.id = noted.id AND NOT EXISTS (
        SELECT FROM missed WHERE missed.generation_id = noted.generation_id AND missed.page_id = noted.page_id
    )
    RETURNING request.id
)
SELECT (SELECT count(*) FROM taken) AS taken,
    ARRAY(SELECT DISTINCT page_id FROM updated ORDER BY page_id) AS page_ids
"""

# request_listed: entries that a comparison has found to differ, unless they have changed since.
REQUEST_LISTED = f"""
WITH listed AS MATERIALIZED (
    SELECT known.id
    FROM unnest(%(pages)s::{{page_key}}[], %(versions)s::bigint[]) AS compared (page_id, version)
    JOIN {{entry}} AS known ON known.page_id = compared.page_id AND known.requested_version = compared.version
    WHERE known.generation_id = %(generation)s
    ORDER BY known.page_id
    FOR UPDATE OF known SKIP LOCKED
)
UPDATE {{entry}} AS entry SET {_REQUESTED_AGAIN}
FROM listed WHERE entry.id = listed.id
RETURNING page_id
"""

# request_unlisted: pages that have no entry.
REQUEST_UNLISTED = """
WITH found AS MATERIALIZED (
    SELECT page.{pk} AS page_id FROM {page} AS page
    WHERE page.{pk} = ANY(%(pages)s::{page_key}[])
    ORDER BY page.{pk}
    FOR KEY SHARE OF page SKIP LOCKED
)
INSERT INTO {entry} (generation_id, page_id) SELECT %(generation)s, page_id FROM found
ON CONFLICT (generation_id, page_id) DO NOTHING
RETURNING page_id
"""

# withdraw: a page that is not live, by its row; or a page about to be deleted, with all below. The statement locks the
# entries, and DELETE_ROWS deletes their rows. A statement sees what was committed when it began: were this one to
# delete the rows as well, it would miss those that a worker commits while it waits for the worker's lock. Most pages
# that are not live have no rows.
WITHDRAW = """
WITH found AS MATERIALIZED (
    SELECT listed.id, generation.dimensions, generation.configuration ->> 'vector_table' AS vector_table
    FROM {page} AS root
    JOIN {page} AS page ON page.{pk} = root.{pk} OR (%(subtree)s AND page.path LIKE root.path || '%%')
    JOIN {entry} AS listed ON listed.page_id = page.{pk} AND listed.state <> 'skipped'
    JOIN {generation} AS generation
        ON generation.id = listed.generation_id AND generation.state IN ('building', 'active')
    WHERE root.{pk} = %(page)s AND (%(deleted)s OR NOT page.live) AND generation.index_name = ANY(%(index_names)s)
    ORDER BY listed.page_id, listed.generation_id
    FOR UPDATE OF listed
)
UPDATE {entry} AS entry
SET requested_version = entry.requested_version + 1, done_version = entry.requested_version + 1, state = 'skipped',
    skip_reason = 'not_live', content_hash = '', chunk_count = 0, attempts = 0, last_error = '',
    lease_expires_at = NULL
FROM found WHERE entry.id = found.id
RETURNING found.dimensions, found.vector_table, entry.generation_id, entry.page_id
"""

# withdraw_deleted: the pages themselves come first.
LOCK_PAGES = """
SELECT FROM {page} AS root
JOIN {page} AS page ON page.{pk} = root.{pk} OR (%(subtree)s AND page.path LIKE root.path || '%%')
WHERE root.{pk} = %(page)s
ORDER BY page.{pk}
FOR UPDATE OF page
"""

# withdraw, skip: the rows of entries that are locked, and what they had added to the document frequencies.
DELETE_ROWS = """
WITH gone AS (
    SELECT * FROM unnest(%(generations)s::bigint[], %(pages)s::{page_key}[]) AS pair (generation_id, page_id)
),
chunks AS (
    DELETE FROM {embedding} AS chunk USING gone
    WHERE chunk.page_id = gone.page_id AND chunk.generation_id = gone.generation_id
),
words AS (
    DELETE FROM {entry_terms} AS entry_terms USING gone
    WHERE entry_terms.page_id = gone.page_id AND entry_terms.generation_id = gone.generation_id
    RETURNING entry_terms.generation_id, entry_terms.terms
)
INSERT INTO {term_frequency} (generation_id, term, document_frequency)
SELECT generation_id, term, -count(*)
FROM words CROSS JOIN unnest(terms) AS term
GROUP BY generation_id, term
"""

_DUE = """
FROM {entry} AS due JOIN {generation} AS generation ON generation.id = due.generation_id
WHERE generation.state IN ('building', 'active') AND generation.index_name = ANY(%(index_names)s)
    AND (due.state = 'pending' OR due.state = 'failed' AND due.attempts < %(max_attempts)s)
    AND due.next_attempt_at <= statement_timestamp()
    AND (due.lease_expires_at IS NULL OR due.lease_expires_at <= statement_timestamp())
    AND (%(all)s OR due.page_id = ANY(%(pages)s::{page_key}[]))
"""

# count_due: entries that a worker could claim now.
COUNT_DUE = f"SELECT count(*) {_DUE}"

# claim: entries that are due, those first that have waited longest.
CLAIM = f"""
WITH found AS MATERIALIZED (
    SELECT due.id {_DUE} ORDER BY due.next_attempt_at LIMIT %(limit)s FOR UPDATE OF due SKIP LOCKED
)
UPDATE {{entry}} AS entry
SET lease_expires_at = statement_timestamp() + %(lease)s * interval '1 second'
FROM found WHERE entry.id = found.id
RETURNING entry.generation_id, entry.page_id, entry.requested_version
"""

# claim_surveyed: pages that a bulk run has found to differ, if they are as it has found them. A page that an editor is
# saving is locked, and is left to the editor's request. Inserting may wait for an editor's transaction, and is bounded.
CLAIM_SURVEYED = """
WITH closed_path (path) AS MATERIALIZED ({closed_paths}),
surveyed AS MATERIALIZED (
    SELECT page.{pk} AS page_id, survey.version
    FROM unnest(%(pages)s::{page_key}[], %(versions)s::bigint[], %(live)s::boolean[], %(private)s::boolean[])
        AS survey (page_id, version, live, private)
    JOIN {page} AS page ON page.{pk} = survey.page_id
    WHERE page.live = survey.live AND {is_private} = survey.private
    ORDER BY page.{pk}
    FOR SHARE OF page SKIP LOCKED
),
listed AS MATERIALIZED (
    SELECT known.id
    FROM surveyed JOIN {entry} AS known
        ON known.page_id = surveyed.page_id AND known.requested_version = surveyed.version
    WHERE known.generation_id = %(generation)s
        AND (%(take_over)s OR known.lease_expires_at IS NULL OR known.lease_expires_at <= statement_timestamp())
    ORDER BY known.page_id
    FOR UPDATE OF known SKIP LOCKED
),
updated AS (
    UPDATE {entry} AS entry
    SET requested_version = entry.requested_version + 1,
        lease_expires_at = statement_timestamp() + %(lease)s * interval '1 second',
        state = CASE entry.state WHEN 'failed' THEN 'failed' ELSE 'pending' END, skip_reason = '',
        requested_at = CASE entry.state WHEN 'pending' THEN entry.requested_at ELSE statement_timestamp() END,
        next_attempt_at = statement_timestamp()
    FROM listed WHERE entry.id = listed.id
    RETURNING entry.page_id, entry.requested_version
),
inserted AS (
    INSERT INTO {entry} (generation_id, page_id, requested_version, lease_expires_at)
    SELECT %(generation)s, page_id, 1, statement_timestamp() + %(lease)s * interval '1 second'
    FROM surveyed WHERE version = 0
    ORDER BY page_id
    ON CONFLICT (generation_id, page_id) DO NOTHING
    RETURNING page_id, requested_version
)
SELECT * FROM updated UNION ALL SELECT * FROM inserted
"""

# The version check: entries whose claim still stands. FOR KEY SHARE is what the foreign keys of new rows ask of the
# page at the end of the transaction, where they would wait for it.
_HELD = """
FROM unnest(%(pages)s::{page_key}[], %(versions)s::bigint[]) AS claim (page_id, version)
JOIN {entry} AS claimed ON claimed.page_id = claim.page_id AND claimed.requested_version = claim.version
JOIN {page} AS page ON page.{pk} = claimed.page_id
WHERE claimed.generation_id = %(generation)s AND claimed.state IN ('pending', 'failed')
ORDER BY claimed.page_id
FOR UPDATE OF claimed SKIP LOCKED
FOR KEY SHARE OF page SKIP LOCKED
"""

# hold: locks entries until the end of the transaction.
HOLD = f"SELECT claimed.page_id, claimed.state, claimed.attempts {_HELD}"

# release: what no other transaction has locked.
RELEASE = f"""
WITH held AS MATERIALIZED (SELECT claimed.id {_HELD})
UPDATE {{entry}} AS entry SET lease_expires_at = NULL
FROM held WHERE entry.id = held.id
RETURNING entry.page_id
"""

# release: what the statement above has not released although its claim still stands.
FIND_LOCKED = """
SELECT claimed.page_id
FROM unnest(%(pages)s::{page_key}[], %(versions)s::bigint[]) AS claim (page_id, version)
JOIN {entry} AS claimed ON claimed.page_id = claim.page_id AND claimed.requested_version = claim.version
WHERE claimed.generation_id = %(generation)s AND claimed.state IN ('pending', 'failed')
    AND claimed.lease_expires_at IS NOT NULL
"""

# release: one page, for which the transaction may wait.
LOCK_PAGE = "SELECT FROM {page} WHERE {pk} = %(page)s FOR KEY SHARE"
RELEASE_LOCKED = """
UPDATE {entry} SET lease_expires_at = NULL
WHERE generation_id = %(generation)s AND page_id = %(page)s AND requested_version = %(version)s
    AND state IN ('pending', 'failed')
"""

# invalidate: from here on the rows are not those that the hash stands for, until the chunks are written, too.
INVALIDATE = """
UPDATE {entry} SET content_hash = ''
WHERE generation_id = %(generation)s AND page_id = ANY(%(pages)s::{page_key}[]) AND content_hash <> ''
"""

# finish: the rows of these pages are written.
FINISH = """
UPDATE {entry} AS entry
SET state = 'indexed', skip_reason = '', done_version = entry.requested_version, content_hash = done.content_hash,
    chunk_count = done.chunk_count, attempts = 0, last_error = '', lease_expires_at = NULL,
    indexed_at = statement_timestamp()
FROM unnest(%(pages)s::{page_key}[], %(hashes)s::text[], %(counts)s::int[]) AS done (page_id, content_hash, chunk_count)
WHERE entry.generation_id = %(generation)s AND entry.page_id = done.page_id
"""

# skip: these pages do not belong in the index.
SKIP = """
UPDATE {entry} AS entry
SET state = 'skipped', skip_reason = skipped.reason, done_version = entry.requested_version, content_hash = '',
    chunk_count = 0, attempts = 0, last_error = '', lease_expires_at = NULL
FROM unnest(%(pages)s::{page_key}[], %(reasons)s::text[]) AS skipped (page_id, reason)
WHERE entry.generation_id = %(generation)s AND entry.page_id = skipped.page_id
"""

# fail, postpone: tried again after a wait.
RETRY_LATER = """
UPDATE {entry} AS entry
SET state = %(state)s, attempts = failed.attempts, last_error = failed.error, lease_expires_at = NULL,
    next_attempt_at = statement_timestamp() + failed.wait * interval '1 second'
FROM unnest(%(pages)s::{page_key}[], %(errors)s::text[], %(attempts)s::int[], %(waits)s::float8[])
    AS failed (page_id, error, attempts, wait)
WHERE entry.generation_id = %(generation)s AND entry.page_id = failed.page_id
"""

# forget: some pages of a generation that is not needed any more, with their rows.
FORGET = """
WITH gone AS (
    DELETE FROM {entry}
    WHERE id IN (SELECT id FROM {entry} WHERE generation_id = %(generation)s ORDER BY page_id LIMIT %(limit)s)
    RETURNING page_id
),
chunks AS (
    DELETE FROM {embedding} WHERE generation_id = %(generation)s AND page_id IN (SELECT page_id FROM gone) RETURNING id
),
words AS (DELETE FROM {entry_terms} WHERE generation_id = %(generation)s AND page_id IN (SELECT page_id FROM gone))
SELECT (SELECT count(*) FROM gone) AS pages, (SELECT count(*) FROM chunks) AS chunks
"""

# forget_orphans: pages that were deleted behind Django's back, with their rows.
FORGET_ORPHANS = """
WITH chunks AS (
    DELETE FROM {embedding} AS row
    WHERE generation_id = %(generation)s AND NOT EXISTS (SELECT FROM {page} WHERE {pk} = row.page_id)
),
words AS (
    DELETE FROM {entry_terms} AS row
    WHERE generation_id = %(generation)s AND NOT EXISTS (SELECT FROM {page} WHERE {pk} = row.page_id)
)
DELETE FROM {entry} AS row
WHERE generation_id = %(generation)s AND NOT EXISTS (SELECT FROM {page} WHERE {pk} = row.page_id)
"""
