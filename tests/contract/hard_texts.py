"""Articles that are hard to count in: emoji, Arabic, combining marks, line ends of all sorts."""

from pathlib import Path

from app.ingest.job import run_ingest
from app.settings import Settings

HARD_TEXTS = {
    "emoji.txt": "Harbour 🚢 news 👩‍🔧👨‍👩‍👧\n\n"
    "“The harbour 🚢 will not close,” said Mara Lindqvist 😀, "
    "the harbour master of Velm. “We moved 40 ships 🚢🚢,” she told reporters on Tuesday.\n",
    "crlf.txt": "Ferries stop\r\n\r\n“Nobody asked the crews 😡,” said Tomás Okafor.\r\n\r\n"
    "The ferry captain said\r\nthat 12 ferries were late.\r\n\r\n“It is over,” he added.\r\n",
    "cr.txt": "Old line ends\r\r“The crane 🏗 fell,” said Ines Varga, the minister for ports.\r",
    "arabic.txt": "قال المتحدث 🚢 إن الميناء مفتوح\n\n"
    "“The port is open,” said Layla Haddad (ليلى حدّاد) in Velm 🕌. “الميناء مفتوح,” she added.\n",
    "marks.txt": "Cafe\u0301 debate\n\n“It cannot last — c\u0327a ne peut pas durer 𝔘𝔫𝔦,” said "
    "Rene\u0301e So\u0308lberg, a cafe\u0301 owner in O\u0308sterby. "
    "She warned that 𝟏𝟎 cafés may close.\n",
    "bom.md": "\ufeff---\ntitle: Marks 🚩\n---\n“Zero\u200bwidth and \u202ebidi\u202c words 😀,” "
    "said Jon Bellweather.\n",
}


def read_hard_texts(folder: Path) -> Settings:
    """Write the articles as files, read them in, and return how to serve them."""
    seeds = folder / "seeds"
    seeds.mkdir()
    for name, text in HARD_TEXTS.items():
        (seeds / name).write_bytes(text.encode("utf-8"))
    settings = Settings(
        database_url=f"sqlite:///{folder}/onrecord.db", seeds=(seeds,), ingest_at_start=False
    )
    report = run_ingest(settings)
    assert report.articles == len(HARD_TEXTS)
    assert report.files_failed == 0
    return settings
