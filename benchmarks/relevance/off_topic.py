"""Queries that no page of an ordinary collection answers. A search should find nothing for them."""

#: Sense, but hardly what a technical or scientific collection is about.
OFF_TOPIC = (
    "chocolate birthday cake recipe",
    "cheap flights to Lisbon in October",
    "who won the football match last night",
    "how to get red wine stains out of a carpet",
    "best dog breeds for small apartments",
    "lyrics of a Christmas lullaby",
    "opening hours of the swimming pool",
    "knitting pattern for baby socks",
    "horoscope for Capricorn this week",
    "where to buy second-hand bicycles",
    "guitar chords for beginners",
    "how often should I water my orchids",
    "hotel with breakfast near the beach",
    "divorce lawyer free consultation",
    "winning lottery numbers",
    "curly hair shampoo without silicone",
    "vegetarian lasagne with spinach",
    "mortgage interest for first-time buyers",
    "toddler refuses to sleep",
    "celebrity wedding photos",
)

#: No sense at all.
NONSENSE = (
    "xqzvkw brunptang",
    "asdfgh jkl qwertzuiop",
    "flurbnax grolipex",
    "zzzzzzzz",
    "vrtkpl mnbvc",
    "hjklhjkl",
    "quxxible dornaphlet squimbo",
    "9fj3kd02lsm",
    "wibblefrotz",
    "pltrxk oooaaa uuueee",
)
