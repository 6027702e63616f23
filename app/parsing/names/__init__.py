"""Names: which forms stand in a text, where, and what each one is.

A reader's name spans, a gazetteer and the words beside a name vote on the type of each form; every
form is then found wherever it stands. `collect_names` is the way in; one file for each step:
`spotting` and `bodies` (names that the text itself gives away), `forms` (where a name begins and
ends), `occurrences` (where it stands), `votes` (what it is);
then `link_names` joins the forms of one entity (`linking`, `surnames`).
"""

from app.parsing.names.collect import collect_names
from app.parsing.names.forms import given_gender, is_name, title_gender, trim_name
from app.parsing.names.linking import link_names
from app.parsing.names.name import ORGANISATION, PERSON, PLACE, Name
from app.parsing.names.words import load_gazetteer, load_name_words

__all__ = [
    "ORGANISATION",
    "PERSON",
    "PLACE",
    "Name",
    "collect_names",
    "given_gender",
    "is_name",
    "link_names",
    "load_gazetteer",
    "load_name_words",
    "title_gender",
    "trim_name",
]
