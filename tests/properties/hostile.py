"""Text that tries to be more than text, in whatever language it comes to stand."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("MLOPSC_EXAMPLES", "200"))

PIECES = (
    '"', "'", "`", "\\", "\n", "\r\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u2028", "\u2029",
    "\u202e", "\ufeff", "\ufffe", "\U000e0041", "\ud800", "\udfff", "${{", "}}", "{{", "{%", "%>", "<%", "<%=", "<%#", "$(", "${",
    "$$", "$", ")", "}", "]", "[", "{", "(", "<", ">", "|", "&", ";", "#", " #", "# ", ": ", ":", "- ", "-", "--", "---", "...",
    "=", "==", "@", "*", "**", "_", "~", "~~", "!", "!!", "?", "%", ",", "<!--", "-->", "```", "'''", '"""', "\\n", "\\\n",
    "$(shell id)", "${x:-y}", "`id`", "; exit 1", "&& false", "\nall:", "\n\tid", "\n- a", "\na: b", "\n# a", "\n\n    a",
    "NO", "on", "null", "true", "1", "1e-3", "12:30", "0x1f", ".inf", "=1", "2026-01-01", "~", "<<", "1_000", "é", "中文", "🦜",
    " ", "  ", "a", "b c", "word", "/", "../", ".", "..", "~/", "C:", "http://x/", "-r x", "include x", "\\x41", "%s", "%%",
)  # fmt: skip

free = st.text(max_size=12)
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=6).map("".join)
"""Any text, rich in what means something somewhere."""

_VISIBLE = st.characters(
    codec="utf-8",
    categories=("L", "N", "P", "S", "Zs", "M"),
    exclude_characters="\xa0\xad\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u1680",
)
_MARKS = st.sampled_from([piece for piece in PIECES if piece.isprintable() and piece.strip()])
printable = (
    st.lists(st.one_of(_MARKS, st.text(_VISIBLE, min_size=1, max_size=8)), min_size=1, max_size=6)
    .map("".join)
    .map(str.strip)
    .filter(bool)
)
"""Text that a person could type and see, with no blanks around it."""

thorough = settings(max_examples=EXAMPLES, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink), print_blob=False,
                    suppress_health_check=list(HealthCheck))  # fmt: skip
