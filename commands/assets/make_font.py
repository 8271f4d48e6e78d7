#!/usr/bin/env python3
"""Cut the two fonts of doorman's pictures out of Pretendard.

    npm pack pretendard@1.3.9 && tar xzf pretendard-1.3.9.tgz
    pip install fonttools==4.68.0
    python make_font.py package/dist/public/static .

Kept: Latin, digits, punctuation, a few arrows and marks, and the 2,350 Hangul
syllables of KS X 1001, with kerning. Pretendard is a reserved font name, so
the cut fonts carry another.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Doorman Sans"
KEPT = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x2010, 0x2027),  # dashes, quotes, bullet, ellipsis
    (0x2030, 0x203A),  # per mille, primes, angle quotes
    (0x20A9, 0x20A9),  # won
    (0x20AC, 0x20AC),  # euro
    (0x2190, 0x2199),  # arrows
    (0x2212, 0x2212),  # minus
    (0x2248, 0x2265),  # about, at most, at least
    (0x25A1, 0x25A1),  # white square: stands for what the font lacks
    (0x2713, 0x2713),  # check mark
    (0x3001, 0x3002),  # ideographic comma and full stop
    (0x3008, 0x3011),  # corner brackets
    (0x3131, 0x3163),  # Hangul letters
    (0xFF01, 0xFF5E),  # full-width ASCII
]


def syllables():
    """The Hangul rows of KS X 1001: lead bytes B0 to C8 of EUC-KR."""
    for lead in range(0xB0, 0xC9):
        for trail in range(0xA1, 0xFF):
            yield ord(bytes([lead, trail]).decode("euc-kr"))


def cut(source: Path, target: Path, weight: str) -> None:
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 9, 13, 14]
    options.name_languages = [0x0409]
    options.drop_tables += ["DSIG", "meta"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[*(c for a, b in KEPT for c in range(a, b + 1)), *syllables()])
    cutter.subset(font)

    compact = FAMILY.replace(" ", "")
    version = font["name"].getDebugName(5).split(";")[0]
    names = font["name"]
    for name_id, text in {
        1: f"{FAMILY} {weight}",
        2: "Regular",
        3: f"{version};{compact}-{weight}",
        4: f"{FAMILY} {weight}",
        6: f"{compact}-{weight}",
        16: FAMILY,
        17: weight,
    }.items():
        names.setName(text, name_id, 3, 1, 0x0409)
    top = font["CFF "].cff
    top.fontNames[0] = f"{compact}-{weight}"
    top.topDictIndex[0].FullName = f"{FAMILY} {weight}"
    top.topDictIndex[0].FamilyName = FAMILY
    for part in top.topDictIndex[0].FDArray:
        part.FontName = f"{compact}-{weight}"
    font.save(target / f"{compact}-{weight}.otf")


if __name__ == "__main__":
    source_dir, target_dir = map(Path, sys.argv[1:])
    for weight in ("Medium", "Bold"):
        cut(source_dir / f"Pretendard-{weight}.otf", target_dir, weight)
