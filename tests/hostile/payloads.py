"""What is sent to servers by those who wish them no good.

After the kinds in OWASP's testing guide and the SecLists corpora; written out here, since a test
needs a few of each kind and not thousands.
"""

# ruff: noqa: E501 (tables of words)

SQL = (
    "'", "''", "' OR '1'='1", "' OR 1=1 --", "1; DROP TABLE articles; --", "1' UNION SELECT 1,2,3 --",
    "') OR ('1'='1", "admin'/*", "1 AND sqlite_version() LIKE '3%'", "x' AND randomblob(1000000000) --",
    "' UNION SELECT sql FROM sqlite_master --", "\\'; ATTACH DATABASE '/tmp/x' AS x; --", "%27%20OR%201=1",
    "1)) UNION ALL SELECT load_extension('x') --", "' || (SELECT hex(zeroblob(100000000))) || '",
    "NULL", "0x27", "1e309", "-1", "9223372036854775808", "{{1}}", ":1", "?1", "$1", "@x", "%s", "%(a)s",
)  # fmt: skip
FTS = (
    '"', '""', '"""', "*", "**", "a*b", "^a", "a NEAR b", "NEAR(a b, 5)", "a AND", "OR", "NOT", "a NOT",
    "(a", "a)", "((((((((((a", "title:a", "{title text}: a", "- - -", "-a", "--a", "a:b:c", "+", "a + b",
    "rank", "MATCH", "a' MATCH 'b", "\u201c", "\u201ca", 'a" OR "b', "NEAR(" * 30, "a OR " * 60, "* " * 200,
)  # fmt: skip
TEXT = (
    "\x00", "a\x00b", "\ud800", "\ufeff", "\u202e", "\u200b", "🙂" * 100, "e\u0301" * 100, "ﷺ" * 50,
    "<script>alert(1)</script>", "../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "${jndi:x}",
    "\r\nSet-Cookie: a=b", "%0d%0aX-A: b", "\\", "%", "%%", "%zz", "&", "=", ";", "#", "\t", " ", "",
    "a" * 3000, "a " * 1000, "(" * 500, "[" * 500, "None", "null", "undefined", "NaN", "true", "[]", "{}",
)  # fmt: skip
SLOW_PATTERNS = (
    "a" * 400 + "!", "-" * 450, '"' * 450, "* " * 220, "a-" * 220, "'s" * 220, "…" * 450, "“" * 450,
    "(a" * 220, "\u0301" * 450, "A. " * 160, " " * 450 + "a", "1," * 220, "x@" * 220, "/" * 450,
)  # fmt: skip
"""For regular expressions that go back and forth (ReDoS)."""

CURSORS = (
    "", "a", "=", "====", "AAAA", "e30", "e30=", "W10", "bnVsbA", "-1", "0", "../", "%00", "\x00", "🙂",
    "eyJhIjoxfQ", "gASVAAAA", "WzEsMiwzXQ", "W251bGwsbnVsbF0", "A" * 2000, "WyIxJyBPUiAxPTEiXQ",
    "W1tbW1tbW1tbW11dXV1dXV1dXV0", "WzFlMzA5XQ", "Wy05MjIzMzcyMDM2ODU0Nzc1ODA5XQ",
)  # fmt: skip
ETAGS = (
    "", "*", "W/", 'W/""', '""', '"', "a", 'W/"a"', "'; DROP TABLE x", "W/\"" + "a" * 4000 + '"',
    ", " * 1000, "*, *", '"\x80\xff"', "\\", "W/*",
)  # fmt: skip

LISTS = ("/v1/quotes", "/v1/claims", "/v1/articles", "/v1/entities")
EXPORTS = ("/v1/quotes.ndjson", "/v1/quotes.csv", "/v1/claims.ndjson", "/v1/articles.csv")
