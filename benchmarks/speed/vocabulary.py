"""Words for synthetic pages: English roots, and compounds of two of them."""

from __future__ import annotations

import numpy as np

#: Words of a vocabulary.
SIZE = 30_000

_ROOTS = """
water stone light path river house field wood fire wind snow rain cloud storm earth sand salt iron gold silver glass
paper cloth thread needle wheel rope chain nail hammer blade knife fork spoon plate table chair door window wall roof
floor stair bridge road street market shop bank school church tower castle garden farm barn mill well spring lake
ocean island coast beach cliff hill mountain valley forest meadow desert swamp moon star sun planet sky night day
morning evening summer winter autumn year month week hour clock watch bell song drum horn string voice word letter
book page story poem picture paint brush color shape line circle square point edge corner center side front back top
base head hand foot arm leg eye ear nose mouth tooth tongue hair skin bone blood heart brain horse cow sheep goat pig
dog cat mouse bird fish snake frog bee ant worm tree leaf root branch seed flower fruit apple berry grape nut corn
wheat rice bread cake milk butter cheese egg meat soup tea coffee wine beer sugar honey pepper oil king queen prince
knight soldier guard judge doctor nurse teacher student farmer baker smith driver pilot sailor hunter painter singer
dancer writer speaker leader worker friend guest child mother father sister brother uncle power force motion speed
weight measure number signal switch engine motor pump valve pipe tube wire cable circuit screen button key lock
code file folder network server client record model system process method value result report plan
"""


ROOTS = _ROOTS.split()


def make_vocabulary(seed: int = 0) -> list[str]:
    """Return ``SIZE`` different words, the most frequent first: roots, then compounds such as "riverstone"."""
    random = np.random.default_rng(seed)
    words = dict.fromkeys(ROOTS)
    while len(words) < SIZE:
        first, second = random.integers(0, len(ROOTS), 2)
        words[ROOTS[first] + ROOTS[second]] = None
    return list(words)
