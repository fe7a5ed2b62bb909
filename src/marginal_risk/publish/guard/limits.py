"""Every limit on what a stranger can ask for, with the reason for its number.

docs/threat-model.md lists them; a test holds that table against this module.
"""

MEGABYTE = 1_000_000

# One statement of a stranger's SQL.

LONGEST_VALUE = 100_000
"""Bytes of a text, a blob or a row: about a hundred times the longest value of the map. All that
SQLite does in one step is bounded by it."""
LONGEST_SQL = 20_000
"""Bytes of a statement; the longest of the site's own has about 3,000."""
MOST_COLUMNS = 100
"""Columns of a result or a table; the widest view has 23."""
MOST_ARGUMENTS = 16
"""Arguments of a function."""
MOST_SELECTS = 50
"""Selects joined by UNION and the like."""
DEEPEST_EXPRESSION = 200
"""Nesting of an expression."""
MOST_INSTRUCTIONS = 25_000
"""Instructions that a statement is compiled to."""
LONGEST_PATTERN = 1_000
"""Bytes of a pattern of LIKE or GLOB."""
MOST_COMPARISONS = 5_000_000
"""Comparisons in one call of a function that compares two texts: some 20 ms."""
LONGEST_RESULT = 32 * MEGABYTE
"""Bytes of the values of a result, however many rows it has."""
SECONDS_TO_NOTICE = 0.01
"""Seconds between two looks at the clock of the statements that run."""

# What runs at once.

MOST_AT_ONCE = 3
"""Requests for Datasette's own addresses that are answered at once; the house's pages have threads
of their own."""
MOST_QUEUED = 32
"""Requests that wait until one of those has ended. One more is sent away, to ask again."""
SECONDS_QUEUED = 10
"""Seconds that a request waits for its turn."""
SECONDS_TO_RETRY = 5
"""Seconds after which one that was sent away may ask again."""

NICENESS = 10
"""How far strangers' SQL stands back where a page wants the processor (0: not at all, 19: most)."""
MOST_READS = 20
"""How often a page reads anew where strangers have SQLite's memory."""
SECONDS_BETWEEN_READS = 0.05
"""Seconds before it does, in which the strangers' statements end."""

# The process.

MOST_HEAP = 64 * MEGABYTE
"""Bytes that SQLite may hold, in all connections together."""
LONGEST_FILE = 256 * MEGABYTE
"""Bytes of a file that the server writes: SQLite's temporary files, and copies of the database.
Where the database is large, GROWTH times its size."""
GROWTH = 4
"""How many times larger than the database at the start a file may be that the server writes, and
so a database that takes its place."""
MOST_FILES = 4_096
"""Open files and connections that the server asks the system for."""

# The connection and the request.

MOST_CONNECTIONS = 512
"""Connections held at once. One more closes the one that has been idle for longest."""
MOST_WAITING = 128
"""Connections that wait in the system to be taken, all at once."""
SECONDS_FOR_HEADERS = 10
"""Seconds from connecting, or from the first byte, to the end of a request's headers."""
SECONDS_FOR_BODY = 20
"""Seconds for the whole body of a request."""
SECONDS_FOR_READING = 30
"""Seconds that a client may leave an answer unread before its connection is closed."""
SECONDS_IDLE = 5
"""Seconds that a connection stays open after an answer."""
LONGEST_HEADERS = 32_768
"""Bytes of a request's first line and headers."""
LONGEST_BODY = 256_000
"""Bytes of a request's body; the form takes 64,000, or twice that for an uploaded file."""
SECONDS_TO_STOP = 3
"""Seconds for requests under way when the server is told to stop."""
SECONDS_TO_DIE = 6
"""Seconds after which the process ends, whatever still runs."""
