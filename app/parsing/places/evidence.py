"""How much a name's form says that it names a place at all."""

import math
import re

from app.parsing.places.folding import cut_possessive, fold_name
from app.parsing.places.lookup import Match, find_demonym_countries, find_matches
from app.parsing.places.tables import load_gazetteer

_HEADS = re.compile(
    r"(?:^(?:Lake|Mount|Mt\.?|Cape|Gulf of|Strait of|Isle of|Bay of|Port of)\s+[A-Z])|"
    r"(?:\s(?:County|Province|Oblast|Region|Governorate|Prefecture|Islands?|River|Lake|Bay|Sea|"
    r"Ocean|Valley|Mountains?|Peninsula|District|Township|Beach|Heights|Springs|Strait|Desert)$)",
)
HEAD_EVIDENCE = 0.8
"""For "Kent County", "Lake Erie" and the like, which the gazetteer need not have."""
WORD_FACTOR = 0.3
"""What is left of a town's evidence when its name is a word of every day (Reading, Nice)."""
OTHER_NAME_FACTOR = 0.6
"""What is left for a town under another of its names."""


def is_place_name(name: str) -> float:
    """Return how much a name by itself says that it is a place's, in [0, 1].

    Countries and continents have about 0.95, capitals and large cities 0.9, towns less the smaller
    they are (0.3 at 5,000 people); a name that persons bear or that is a word has less, by the
    share of people called so in the U.S. Census. 0 for a name that no place has and for a demonym.
    """
    headed = HEAD_EVIDENCE if _HEADS.search(name.strip()) else 0.0
    matches = find_matches(name)
    if not matches or find_demonym_countries(name):
        return headed
    gazetteer = load_gazetteer()
    keys = {fold_name(name), fold_name(cut_possessive(name))}
    share = max(gazetteer.person_shares.get(key, 0.0) for key in keys)
    is_word = not keys.isdisjoint(gazetteer.common_words)
    return round(max(headed, *(_rate(match, share, is_word=is_word) for match in matches)), 3)


def _rate(match: Match, share: float, *, is_word: bool) -> float:
    """Return one place's evidence; `share` is the percentage of persons who bear its name."""
    place = match.place
    known = place.kind == "country" or place.geonames_id in load_gazetteer().capitals
    if place.kind == "country" or place.country is None:
        evidence = 0.97
    elif place.kind == "region":
        evidence = 0.9 if match.own_name else 0.5
    elif known:
        evidence = 0.95 if match.own_name else 0.7
    else:
        evidence = min(0.9, 0.3 + 0.2 * math.log10(max(place.population, 5000) / 5000))
        evidence *= 1.0 if match.own_name else OTHER_NAME_FACTOR
    # A name borne by one person in a thousand loses 0.4 of a town's evidence, 0.2 of a country's,
    # a capital's or a region's (Jordan, Virginia).
    persons = math.log10(1 + 1000 * share)
    evidence *= 1 - persons * (0.1 if known or place.kind == "region" else 0.2)
    return evidence * (WORD_FACTOR if is_word and not known else 1.0)
