"""Pages of quotations and claims by the plain filters, and entities by id, before the framework.

Most requests ask for who said what, newest first, by speaker, outlet or kind, or for one entity. A
record is stored as it is served, so what is left of such a request is one look-up in an index,
where the framework's routing, its thread and the building of the statement are left out. What is
not plain (search, facets, other orders, whatever is wrong) goes on to the framework, whose answer
to a plain request is the same to the byte: a test compares them.

SQLite only, and on the event loop itself: handing so little to a thread and back would cost more
than reading it does. How much it all buys, `make bench` says (cold page, entity).
"""

from app.api.plain.layer import PlainAnswers, PlainLists

__all__ = ["PlainAnswers", "PlainLists"]
