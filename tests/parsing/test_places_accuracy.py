"""How often the right place is linked, over invented articles.

Each article is told by its place names, with the place that each name means.

A line is one name of an article: ``name @what the text says it lies in #kind xHow often``. The
expected place is a code for countries and regions, a name for continents, "town code" for towns
("Paris US-TX", or "Goma CD" where the subdivision is not known) and None where a careful reader
would not decide. What is expected was written down before the linker was first run on it; where a
subdivision's code was guessed, the code was mended afterwards, never the place. The linker's
constants were chosen on ARTICLES; UNSEEN was written after that and changed none of them (two wrong
subdivisions that it showed were mended in the data, Buenos Aires and Skopje).
"""

import re
from typing import NamedTuple

from app.parsing.places import Place, PlaceQuery, link_places

ACCURACY_FLOOR = 0.98
UNSEEN_FLOOR = 0.97


class Article(NamedTuple):
    """The place names of an invented article, the countries it speaks of, what is expected."""

    names: dict[str, str | None]
    context: dict[str, int] | None = None


ARTICLES = [
    # one of the places is far better known, and nothing speaks against it
    Article({"Paris": "Paris FR-IDF"}),
    Article({"London": "London GB-ENG"}),
    Article({"Moscow": "Moscow RU-MOW"}),
    Article({"Washington": "Washington US-DC"}),
    Article({"Georgia": "GE"}),
    Article({"Alexandria": "Alexandria EG-ALX"}),
    Article({"St. Petersburg": "Saint Petersburg RU-SPE"}),
    Article({"Tripoli": "Tripoli LY-TB"}),
    Article({"New York": "New York City US-NY"}),
    Article({"Kyiv": "Kyiv UA-30", "Donetsk": "Donetsk UA-14"}),
    Article({"Mexico": "MX", "Luxembourg": "LU", "Singapore": "SG"}),
    Article({"Birmingham": "Birmingham GB-ENG"}),
    # names and spellings of countries
    Article({"the U.S.": "US", "UK": "GB", "America": "US", "Britain": "GB"}),
    Article({"Türkiye": "TR", "Turkey": "TR", "Holland": "NL", "Burma": "MM"}),
    Article({"the Czech Republic": "CZ", "Ivory Coast": "CI", "Swaziland": "SZ"}),
    Article({"South Korea": "KR", "North Korea": "KP", "Guinea": "GN"}),
    Article({"Equatorial Guinea": "GQ", "Papua New Guinea": "PG", "Guinea-Bissau": "GW"}),
    Article({"Ukraine's": "UA", "RUSSIA": "RU", "the Gambia": "GM", "DRC": "CD"}),
    Article({"Kiev": "Kyiv UA-30", "Peking": "Beijing CN-BJ", "Bombay": "Mumbai IN-MH"}),
    Article({"Europe": "Europe", "Africa": "Africa"}),
    # the text says where it lies, or what it is
    Article({"Paris @Texas": "Paris US-TX", "Texas": "US-TX"}),
    Article({"London @Ontario": "London CA-ON"}),
    Article({"Moscow @Idaho": "Moscow US-ID"}),
    Article({"Springfield @Ill.": "Springfield US-IL"}),
    Article({"Springfield, Mass.": "Springfield US-MA"}),
    Article({"Pokrovsk @Ukrainian": "Pokrovsk UA-14"}),
    Article({"Pokrovsk @Russian": "Pokrovsk RU-SA"}),
    Article({"Alexandria @Va.": "Alexandria US-VA"}),
    Article({"Athens @Ga.": "Athens US-GA"}),
    Article({"Tripoli @Lebanese": "Tripoli LB-AS"}),
    Article({"Washington #region": "US-WA", "Seattle": "Seattle US-WA"}),
    Article({"New York #region": "US-NY"}),
    Article({"New York #city": "New York City US-NY"}),
    Article({"Washington, D.C.": "Washington US-DC"}),
    Article({"Kursk region": "RU-KRS", "the city of Kursk": "Kursk RU-KRS"}),
    Article({"Kherson @Texas": None}),
    Article({"Georgia #region": "US-GA"}),
    Article({"Manchester @N.H.": "Manchester US-NH"}),
    Article({"Tbilisi @Georgia": "Tbilisi GE-TB"}),
    Article({"Birmingham @Ala.": "Birmingham US-AL"}),
    # the other places of the article decide
    Article({"Georgia": "US-GA", "Atlanta": "Atlanta US-GA", "Florida": "US-FL"}),
    Article({"Georgia": "GE", "Tbilisi": "Tbilisi GE-TB", "Russia": "RU"}),
    Article(
        {"Georgia": "US-GA", "Ohio": "US-OH", "Pennsylvania": "US-PA", "North Carolina": "US-NC"}
    ),
    Article({"Birmingham": "Birmingham US-AL", "Alabama": "US-AL"}),
    Article({"Birmingham": "Birmingham GB-ENG", "Coventry": "Coventry GB-ENG"}),
    Article({"London": "London CA-ON", "Toronto": "Toronto CA-ON", "Ontario": "CA-ON"}),
    Article({"London": "London GB-ENG", "Paris": "Paris FR-IDF", "Berlin": "Berlin DE-BE"}),
    Article({"Congo": "CG", "Brazzaville": "Brazzaville CG-BZV"}),
    Article({"Congo": "CD", "Kinshasa": "Kinshasa CD-KN", "Goma": "Goma CD"}),
    Article({"Korea": "KP", "Pyongyang x3": "Pyongyang KP"}),
    Article({"Korea": "KR", "Seoul x3": "Seoul KR-11", "Busan": "Busan KR-26"}),
    Article({"Tripoli": "Tripoli LB-AS", "Beirut": "Beirut LB-BA", "Lebanon": "LB"}),
    Article({"Tripoli": "Tripoli LY-TB", "Benghazi": "Benghazi LY-BA"}),
    Article(
        {"Alexandria": "Alexandria US-VA", "Virginia": "US-VA", "Arlington": "Arlington US-VA"}
    ),
    Article({"Alexandria": "Alexandria EG-ALX", "Cairo": "Cairo EG-C"}),
    Article({"St. Petersburg": "St. Petersburg US-FL", "Tampa": "Tampa US-FL", "Florida": "US-FL"}),
    Article({"St. Petersburg": "Saint Petersburg RU-SPE", "Moscow": "Moscow RU-MOW"}),
    Article({"Washington": "US-WA", "Seattle": "Seattle US-WA", "Spokane": "Spokane US-WA"}),
    Article({"Washington": "Washington US-DC", "Texas": "US-TX", "Iowa": "US-IA"}),
    Article({"Kurakhove": "Kurakhove UA-14", "Pokrovsk": "Pokrovsk UA-14", "Kyiv": "Kyiv UA-30"}),
    Article({"Cambridge": "Cambridge US-MA", "Boston": "Boston US-MA"}),
    Article({"Cambridge": "Cambridge GB-ENG", "Oxford": "Oxford GB-ENG"}),
    Article({"Portland": "Portland US-ME", "Maine": "US-ME", "Augusta": "Augusta US-ME"}),
    Article({"Portland": "Portland US-OR", "Salem": "Salem US-OR", "Oregon": "US-OR"}),
    Article(
        {"Springfield": "Springfield US-MO", "Missouri": "US-MO", "St. Louis": "St. Louis US-MO"}
    ),
    Article({"Valencia": "Valencia ES-VC", "Madrid": "Madrid ES-MD"}),
    Article({"Valencia": "Valencia VE-G", "Caracas": "Caracas VE-A", "Venezuela": "VE"}),
    Article({"Hyderabad": "Hyderabad IN-TS", "Delhi": "Delhi IN-DL"}),
    Article({"Hyderabad": "Hyderabad PK-SD", "Karachi": "Karachi PK-SD", "Pakistan": "PK"}),
    Article({"Santiago": "Santiago CL-RM", "Chile": "CL"}),
    Article({"San Jose": "San José CR-SJ", "Costa Rica": "CR"}),
    Article({"San Jose": "San Jose US-CA", "San Francisco": "San Francisco US-CA"}),
    Article({"Victoria": "Victoria CA-BC", "Vancouver": "Vancouver CA-BC"}),
    Article({"Victoria": "AU-VIC", "Melbourne": "Melbourne AU-VIC", "Queensland": "AU-QLD"}),
    Article({"Newcastle": "Newcastle AU-NSW", "Sydney": "Sydney AU-NSW"}),
    Article({"Odessa": "Odessa US-TX", "Midland": "Midland US-TX", "Texas": "US-TX"}),
    Article({"Odessa": "Odesa UA-51", "Ukraine": "UA"}),
    Article({"Naples": "Naples US-FL", "Fort Myers": "Fort Myers US-FL", "Florida": "US-FL"}),
    Article({"Naples": "Naples IT-72", "Rome": "Rome IT-62"}),
    Article({"Granada": "Granada NI-GR", "Managua": "Managua NI-MN", "Nicaragua": "NI"}),
    Article(
        {"Kansas City": "Kansas City US-MO", "Missouri": "US-MO", "St. Louis": "St. Louis US-MO"}
    ),
    # so does what it speaks of
    Article({"Georgia": "US-GA"}, {"US": 8}),
    Article({"Tripoli": "Tripoli LB-AS"}, {"LB": 6}),
    Article({"Birmingham": "Birmingham US-AL"}, {"US": 6}),
    Article({"Korea": "KR"}, {"KR": 4}),
    Article({"Paris": "Paris FR-IDF"}, {"US": 10}),
    Article({"Pokrovsk": "Pokrovsk UA-14"}, {"UA": 3, "RU": 3}),
    # nobody could say
    Article({"Springfield": None}),
    Article({"Korea": None}),
    Article({"Cambridge": None}),
    Article({"Clinton": None, "Franklin": None}),
    Article({"Barad-dûr": None, "Narnia": None}),
]

UNSEEN = [
    Article({"Dublin": "Dublin IE-L", "Cork": "Cork IE-M", "Ireland": "IE"}),
    Article({"Dublin": "Dublin US-OH", "Columbus": "Columbus US-OH", "Ohio": "US-OH"}),
    Article({"Columbus": "Columbus US-GA", "Georgia": "US-GA", "Atlanta": "Atlanta US-GA"}),
    Article({"Melbourne": "Melbourne US-FL", "Orlando": "Orlando US-FL", "Florida": "US-FL"}),
    Article({"Melbourne": "Melbourne AU-VIC"}),
    Article({"Perth": "Perth GB-SCT", "Dundee": "Dundee GB-SCT", "Scotland": "GB-SCT"}),
    Article({"Perth": "Perth AU-WA", "Australia": "AU"}),
    Article({"Wellington": "Wellington NZ", "Auckland": "Auckland NZ-AUK"}),
    Article({"Hamilton": "Hamilton CA-ON", "Toronto": "Toronto CA-ON"}),
    Article({"Hamilton": "Hamilton NZ", "New Zealand": "NZ", "Auckland": "Auckland NZ-AUK"}),
    Article({"Córdoba": "Córdoba ES-AN", "Seville": "Sevilla ES-AN"}),
    Article({"Cordoba": "Córdoba AR-X", "Buenos Aires": "Buenos Aires AR-C", "Argentina": "AR"}),
    Article({"Lincoln": "Lincoln US-NE", "Omaha": "Omaha US-NE", "Nebraska": "US-NE"}),
    Article({"Lincoln": "Lincoln GB-ENG", "Nottingham": "Nottingham GB-ENG"}),
    Article({"Richmond @Virginia": "Richmond US-VA"}),
    Article({"Charleston": "Charleston US-WV", "West Virginia": "US-WV"}),
    Article({"Charleston": "Charleston US-SC", "South Carolina": "US-SC"}),
    Article({"Vancouver @Wash.": "Vancouver US-WA"}),
    Article({"Vancouver": "Vancouver CA-BC", "Canada": "CA"}),
    Article({"Berlin": "Berlin DE-BE"}, {"US": 5}),
    Article({"Rome": "Rome IT-62", "Milan": "Milan IT-25", "Vatican": "VA"}),
    Article({"Niger": "NE", "Niamey": "Niamey NE-8"}),
    Article({"Sudan": "SD", "Khartoum": "Khartoum SD-KH", "South Sudan": "SS"}),
    Article({"Macedonia": "MK", "Skopje": "Skopje MK"}),
    Article({"the Netherlands": "NL", "The Hague": "The Hague NL-ZH"}),
    Article({"Punjab": "PK-PB", "Lahore": "Lahore PK-PB"}),
    Article({"Punjab": "IN-PB", "Amritsar": "Amritsar IN-PB", "India": "IN"}),
    Article({"Guadalajara": "Guadalajara MX-JAL", "Mexico": "MX"}),
    Article({"León": "León NI-LE", "Nicaragua": "NI"}),
    Article({"Barcelona": "Barcelona ES-CT"}),
    Article({"Barcelona @Venezuelan": "Barcelona VE-B"}),
    Article({"Toledo": "Toledo US-OH", "Cleveland": "Cleveland US-OH"}),
    Article({"Toledo": "Toledo ES-CM", "Spain": "ES", "Madrid": "Madrid ES-MD"}),
    Article({"Syracuse": "Syracuse US-NY", "Buffalo": "Buffalo US-NY", "Albany": "Albany US-NY"}),
    Article({"Manhattan": "Manhattan US-NY", "Brooklyn": "Brooklyn US-NY"}),
    Article({"Manhattan @Kan.": "Manhattan US-KS"}),
    Article({"Belgrade": "Belgrade RS-00", "Serbia": "RS", "Kosovo": "XK"}),
    Article({"Crimea": "UA-43", "Sevastopol": "Sevastopol UA-40", "Ukraine": "UA"}),
    Article({"Kirov": "Kirov RU-KIR", "Perm": "Perm RU-PER"}),
    Article({"Chernihiv": "Chernihiv UA-74", "Sumy": "Sumy UA-59", "Kharkiv": "Kharkiv UA-63"}),
    Article({"Sumy region": "UA-59", "Belgorod": "Belgorod RU-BEL"}),
    Article({"Jackson": "Jackson US-MS", "Mississippi": "US-MS"}),
    Article({"Jackson": None}),
    Article({"Victoria": None}),
    Article({"Middletown": None}),
]

_LINE = re.compile(
    r"^(?P<name>.+?)(?: @(?P<within>.+?))?(?: #(?P<kind>\w+))?(?: x(?P<count>\d+))?$"
)


def to_query(line: str) -> PlaceQuery:
    read = _LINE.match(line)
    assert read is not None
    return PlaceQuery(
        read["name"],
        count=int(read["count"] or 1),
        within=(read["within"],) if read["within"] else (),
        kind=read["kind"],  # type: ignore[arg-type]
    )


def label(place: Place) -> str:
    if place.kind == "city":
        return f"{place.name} {place.region or place.country}"
    return place.iso3166 or place.name


def link(article: Article) -> dict[str, str | None]:
    linked = link_places([to_query(line) for line in article.names], context=article.context)
    return {
        line: found and label(found.place)
        for line, found in zip(article.names, linked, strict=True)
    }


def list_misses(articles: list[Article]) -> tuple[int, list[tuple[str, str | None, str | None]]]:
    misses, count = [], 0
    for article in articles:
        found = link(article)
        count += len(found)
        misses += [(x, y, found[x]) for x, y in article.names.items() if found[x] != y]
    return count, misses


def test_places_of_invented_articles_keep_their_accuracy() -> None:
    count, misses = list_misses(ARTICLES)
    assert count == 183
    assert 1 - len(misses) / count >= ACCURACY_FLOOR, misses


def test_places_of_articles_that_nothing_was_tuned_on_keep_their_accuracy() -> None:
    count, misses = list_misses(UNSEEN)
    assert count == 96
    assert 1 - len(misses) / count >= UNSEEN_FLOOR, misses
