"""Which module stands in which section of the site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A section: its title, one sentence about it, and the top-level modules that belong there."""

    title: str
    introduction: str
    modules: frozenset[str] = frozenset()


def _theme(title: str, introduction: str, modules: str = "") -> Theme:
    return Theme(title, introduction, frozenset(modules.split()))


LANGUAGE = _theme("The language", "Statements, expressions, operators and types, as the manual explains them.")
OTHER = _theme("Everything else", "Modules that fit nowhere else.")

THEMES = (
    _theme(
        "Data structures",
        "Lists, dictionaries, queues, records and what is built on them.",
        "abc array bisect builtins collections copy copyreg dataclasses enum graphlib heapq pprint reprlib types "
        "weakref",
    ),
    _theme(
        "Text",
        "Search, compare, format and translate text.",
        "codecs difflib gettext locale re string stringprep textwrap unicodedata",
    ),
    _theme(
        "Numbers",
        "Arithmetic, chance and statistics.",
        "cmath decimal fractions math numbers random statistics",
    ),
    _theme(
        "Dates and time",
        "Dates, clocks, calendars and doing things later.",
        "calendar datetime sched time zoneinfo",
    ),
    _theme(
        "Functions and iteration",
        "Build functions from functions and loops from loops.",
        "contextlib contextvars functools itertools operator",
    ),
    _theme(
        "Files and folders",
        "Find, read, write, copy, compare and remove files.",
        "filecmp fileinput fnmatch glob io linecache os.path pathlib shutil stat tempfile",
    ),
    _theme(
        "Archives and compression",
        "Pack files together and make them smaller.",
        "bz2 gzip lzma tarfile zipapp zipfile zlib",
    ),
    _theme(
        "Storing and exchanging data",
        "File formats, databases and ways to keep objects.",
        "base64 binascii configparser csv dbm json marshal netrc pickle pickletools plistlib pyexpat quopri shelve "
        "sqlite3 struct tomllib xml",
    ),
    _theme(
        "Networks and the web",
        "Sockets, servers, addresses and everything that starts with http.",
        "ftplib html http ipaddress select selectors socket socketserver ssl urllib uuid webbrowser wsgiref xmlrpc",
    ),
    _theme(
        "Mail",
        "Write, send, receive and keep messages.",
        "email imaplib mailbox mimetypes poplib smtplib",
    ),
    _theme(
        "Doing several things at once",
        "Threads, processes, coroutines and other programs.",
        "asyncio concurrent multiprocessing queue signal subprocess threading",
    ),
    _theme(
        "Secrets",
        "Passwords, fingerprints of data and numbers that cannot be guessed.",
        "getpass hashlib hmac secrets",
    ),
    _theme(
        "The operating system",
        "Processes, users, terminals and what runs below Python.",
        "atexit ctypes curses errno fcntl grp mmap os platform pty pwd readline resource rlcompleter sys "
        "sysconfig syslog termios tty",
    ),
    _theme(
        "Command-line programs",
        "Arguments, prompts and messages of programs without windows.",
        "argparse cmd code getopt logging optparse shlex",
    ),
    _theme(
        "Testing and finding faults",
        "Tests, debuggers, profiles and traces.",
        "bdb cProfile doctest faulthandler pdb profile pstats timeit trace traceback tracemalloc unittest warnings",
    ),
    _theme(
        "Windows, pictures and sound",
        "Programs with windows, turtles that draw, files that play.",
        "colorsys tkinter turtle wave",
    ),
    _theme(
        "Python about itself",
        "Modules that read, compile, import and describe Python code.",
        "ast codeop compileall dis gc importlib inspect keyword modulefinder opcode pkgutil py_compile pyclbr "
        "pydoc runpy site symtable tabnanny token tokenize typing venv zipimport",
    ),
    OTHER,
)


def theme_of(module: str) -> Theme:
    """Return the section of a top-level module.

    Args:
        module: its public name, such as ``json`` or ``os.path``.
    """
    return next((theme for theme in THEMES if module in theme.modules), OTHER)
