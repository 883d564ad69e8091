"""How much the path of a publish does at once. A build has these numbers, too, and more of its own in ``bulk``.

=====================  ==================  ===========================================================================
number                 used by             what a larger one costs
=====================  ==================  ===========================================================================
``TASK_PAGES``         tasks               one task takes longer, and its failure leaves more pages pending
``INLINE_PAGES``       tasks               an editor waits longer, where the task backend runs tasks in the request
``INLINE_PAGES_ALONE`` tasks               the same, where no thread may do the rest
``INLINE_COMPARED_...`` tasks              an editor who closes or moves a section waits longer
``NOTES``              tasks, worker       locks that are held together
``QUEUE_SECONDS``      tasks               a task backend may give up a task that runs long
``BATCH_PAGES``        worker, update      memory; a killed worker leaves more pages leased
``BATCH_CHARACTERS``   worker, bulk        memory: with its vectors a batch takes some 20 MB
``LOAD_PAGES``         pipeline            memory
``SWAP_PAGES``         embedding_rows      an editor who saves one of the pages meanwhile waits longer
``ROUNDS``             worker              a task takes longer, while editors change its pages
``FORGET_PAGES``       pruning             an editor who deletes one of the pages meanwhile waits longer
=====================  ==================  ===========================================================================
"""

#: Pages of one task.
TASK_PAGES = 50

#: Pages that an editor's own request indexes, at most, where the task backend runs tasks at once: a tenth of a second.
#: A thread does the rest.
INLINE_PAGES = 10

#: The same, where ``WAGTAIL_VECTOR_SEARCH_BACKGROUND`` forbids that thread.
INLINE_PAGES_ALONE = 100

#: Pages of a site that an editor's own request compares with the index, at most: a tenth of a second.
INLINE_COMPARED_PAGES = 20_000

#: Notes of ``EntryRequest`` that are taken together.
NOTES = 1000

#: Seconds after which a task that works on whatever is due leaves the rest to the next one.
QUEUE_SECONDS = 60

#: Pages that are claimed, read, embedded and written together: enough to fill the batches of a provider.
BATCH_PAGES = 200

#: Characters that are prepared, embedded and written together, whatever the number of their pages.
BATCH_CHARACTERS = 2_000_000

#: Pages that are loaded together.
LOAD_PAGES = 50

#: Pages whose chunks are swapped in one transaction. A whole batch is as quick while there is no HNSW index.
SWAP_PAGES = 50

#: Attempts of one task at pages that editors change or lock meanwhile.
ROUNDS = 3

#: Pages of a generation that is not needed whose rows are deleted in one transaction.
FORGET_PAGES = 1000
