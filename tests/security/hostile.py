"""What a hostile visitor types and a hostile editor writes, by what it tries."""

from __future__ import annotations

QUERIES = {
    "nothing": "",
    "NUL": "bread\x00oven",
    "lone surrogate": "bread \ud800 oven \udfff",
    "10 MB": "bread oven " * 1_000_000,
    "one endless word": "b" * 1_000_000,
    "500 words": " ".join(f"word{number}" for number in range(500)),
    "500 hyphens": "a-" * 500,
    "500 letters": "a " * 500,
    "endless Chinese": "".join(chr(0x4E00 + number) for number in range(5000)),
    "only punctuation": "?!.,;:-_()[]{}",
    "only hyphens": "- -- ---",
    "only stop words": "the of and to a in is it",
    "tsquery operators": "bread & | ! <-> <2> oven:* (unbalanced",
    "quotes": "'bread\" `oven` \\'; --",
    "500 phrases": '"bread" oven ' * 500,
    "SQL": "'; DROP TABLE wagtailcore_page; --",
    "SQL in a dollar quote": "$$; DELETE FROM wagtailcore_page; $$ bread",
    "LIKE wildcards": "%bread% _oven_ \\%",
    "percent signs": "100% %s %(name)s %% bread",
    "braces": "{bread} {0} ${oven} {{ bread }} {% bread %}",
    "backslashes": "\\bread\\x00\\u0000\\",
    "regular expression": "(a+)+$ (bread|b.*)* [^oven {1,9999} \\1 (?P<x>bread)",
    "emoji": "\U0001f35e \U0001f468\u200d\U0001f373 bread",
    "only emoji": "\U0001f35e\U0001f35e",
    "right to left": "\u202ebread\u202c \u05dc\u05d7\u05dd \u2067oven\u2069",
    "combining marks": "b\u0301\u0302\u0303read " * 50,
    "flood of marks": "b" + "\u0301\u0316" * 100_000,
    "mixed scripts": "br\u0435ad хлеб パン 빵 ขนมปัง خبز \u202e\u0000",
    "zero width": "b\u200br\u200be\u2060a\ufeffd",
    "markup": "<script>alert('bread')</script><mark onmouseover=alert(1)>",
    "JSON": '{"query": {"match_all": {}}, "q": ["bread", null, 1e999]}',
    "path": "../../etc/passwd",
    "URL": "https://user:secret@example.com/bread?x=1#oven",
    "endless URL": "https://example.com/" + "bread/" * 5000,
    "numbers": "1e400 -0 NaN Infinity 0x1F " + "9" * 5000,
    "control characters": "".join(map(chr, range(1, 32))) + "bread\x7f\x9b31m",
    "escape sequence": "\x1b[31mbread\x1b]0;oven\x07",
}

#: Text of pages. Each holds the word "bread", so that a search for it finds the page.
CONTENTS = {
    "script": "<script>alert('bread')</script>",
    "event handler": '<img src=x onerror="alert(1)"> bread',
    "attribute": "\" onmouseover='alert(1)' x=\" bread",
    "our own mark": "<mark>bread</mark> <mark onclick=alert(1)>oven</mark>",
    "closing mark": "</mark></p><script>bread</script>",
    "unclosed": "<b><i><u bread <",
    "nested": "<<script>script>alert(1)</</script>script> bread",
    "entities": "&lt;script&gt;bread&lt;/script&gt; &#60;img&#62; &amp;lt; &#x3c;b",
    "comment": "<!-- bread --><!-- <img src=x onerror=alert(1)>",
    "CDATA": "<![CDATA[<svg onload=alert(1)>]]> bread",
    "SVG": "<svg/onload=alert(1)> <math><mtext></form><form><mglyph><style></math> bread",
    "template": "{{ bread }} {% include 'x' %} {# #} ${bread}",
    "javascript link": '<a href="javascript:alert(1)">bread</a>',
    "override": "\u202edaerb\u202c bread \u202dxyz\u202c \u200f",
    "isolates": "\u2066bread\u2069 \u2067oven\u2069 \u2068x\u2069",
    "Trojan Source": "if (bread) /*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin admins only */",
    "zero width": "b\u200bread \u2060bread\ufeff b\u00adread",
    "flood of marks": "bread b\u0301" + "\u0316\u0301" * 60 + "read",
    "escape sequence": "bread \x1b[2J\x1b[31mred\x1b]0;title\x07 \x9b31m \x7f \x08\x08",
    "endless word": "bread " + "x" * 100_000,
    "right to left": "\u05dc\u05d7\u05dd bread \u062e\u0628\u0632",
    "null": "bre\x00ad bread \ufffe \ud800",
}

#: What no text that is shown may hold.
DECEIVING = frozenset(
    chr(code)
    for first, last in (
        (0x0, 0x8), (0xE, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x200B, 0x200B),
        (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
