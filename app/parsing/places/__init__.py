"""Places: found in a compact gazetteer of GeoNames and ISO 3166, and told apart by the article."""

from app.parsing.places.evidence import is_place_name
from app.parsing.places.linking import link_places
from app.parsing.places.lookup import find_candidates, is_demonym
from app.parsing.places.place import LinkedPlace, Place, PlaceKind, PlaceQuery

__all__ = [
    "LinkedPlace",
    "Place",
    "PlaceKind",
    "PlaceQuery",
    "find_candidates",
    "is_demonym",
    "is_place_name",
    "link_places",
]
