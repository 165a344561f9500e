"""M7xx: what the language has and this compiler does not generate yet."""

from mlopsc.diagnostics.codes.base import Code


class M701(Code):
    """A section is accepted and checked, but nothing is generated from it by this version.

    The language is complete from its first version on, so that a spec need not be rewritten when a
    back end arrives; until then the section changes no file.

    Fix: nothing to do; `mlopsc targets` lists what is generated from which section.
    """

    title = "accepted, not generated yet"
    severity = "note"
    example = "costs:\n  keep_latest: 5"
