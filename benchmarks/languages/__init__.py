"""``python -m benchmarks.languages DIR``: does ``hybrid`` keep what words find, in many languages?

The text is the Debian Administrator's Handbook, whose editions say the same in each language. It is not a part of this
project; Debian's package has it::

    apt-get download debian-handbook
    dpkg -x debian-handbook_*.deb DIR

The odd chapters and one set of queries are for choosing numbers (``--development``), the even chapters and another set
for reporting them.
"""
