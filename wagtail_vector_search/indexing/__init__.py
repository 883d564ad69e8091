"""From a saved page to rows that searches find.

An editor presses Publish. To follow it, read these ten files in this order:

1.  ``signal_handlers`` (in the package above): the signals of Wagtail call the verbs of an editor.
2.  ``entry_states``: the state table of an entry. The request is one statement in the editor's transaction.
3.  ``tasks``: after the commit, the pages of the transaction are handed to the task backend.
4.  ``worker``: a task, or ``process_vector_queue``, claims what is due and takes it through the pipeline.
5.  ``survey``: one statement reads how the pages stand, and says which of them do not belong in the index.
6.  ``pipeline``: the steps: examine, write the words, embed, write the vectors.
7.  ``preparation``: what a page says, as chunks with a hash.
8.  ``keyword_rows``: the words are written first.
9.  ``embedding``: the provider is called, outside of any transaction.
10. ``embedding_rows``: the chunks are swapped in one transaction, which finishes the entry.

``limits`` has the numbers of all of them. An update or a first build goes the same way for every page: ``update``, then
``bulk``, then the pipeline; ``statistics``, ``calibration`` and ``pruning`` complete it.
"""
