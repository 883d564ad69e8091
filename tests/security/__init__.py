"""Nothing leaks: hidden pages, private text, keys, markup."""
