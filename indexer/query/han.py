"""The ideographs: what the analysis gives to the segmenter."""

from __future__ import annotations

from typing import Final

# 々 and 〇, the basic block and extension A, the compatibility block, and
# planes 2 and 3; a character class of a regular expression, without brackets.
HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
