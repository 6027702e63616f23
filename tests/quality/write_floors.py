"""`make floors`: writes the figures that are reached now as those that must hold from now on."""

import json
import sys

from app.parsing.pipeline import load_parser
from app.settings import Settings
from app.vocabulary import Tagger
from tests.quality import evaluate
from tests.quality.test_floors import FLOORS, hash_gold

KEPT = {
    "own": ("attr", "attr_direct", "attr_indirect", "content_exact", "quotation",
            "quotation_speaker", "mention", "entity", "speaker", "unnamed", "own_voice_claim"),
    "polnear": evaluate.ATTRIBUTION_ROWS,
    "entities": ("mention", "mention_PERSON", "mention_ORG", "mention_PLACE", "entity",
                 "entity_name", "speaker", "speaker_given", "unnamed"),
}  # fmt: skip


def pick(figures: evaluate.Figures, kept: tuple[str, ...]) -> dict[str, float]:
    """Keep what has a floor, rounded down to three digits."""
    values = {name: figures[name] for name in kept if name in figures}
    return {
        name: int(1000 * (value[2] if isinstance(value, tuple) else value)) / 1000
        for name, value in values.items()
    }


def main() -> int:
    """Measure with every reader and write `floors.json`; needs the shared gold."""
    settings = Settings()
    floors: dict[str, object] = {"gold_sha256": hash_gold()}
    own = {}
    for tagger in Tagger:
        parser = load_parser(tagger, spacy_model=settings.spacy_model)
        figures = evaluate.to_figures(evaluate.score_own(parser))
        own[tagger.value] = {body: pick(named, KEPT["own"]) for body, named in figures.items()}
        if tagger is Tagger.MODEL:
            measured = evaluate.score_polnear(parser, dump=None)
            if measured is None:
                sys.stderr.write("the shared gold is not beside the project; nothing written\n")
                return 1
            for body, named in zip(("polnear", "entities"), measured, strict=True):
                floors[body] = pick(named, KEPT[body])
    floors["own"] = own
    FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
