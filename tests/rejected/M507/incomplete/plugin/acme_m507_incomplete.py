"""A plug-in that forgot its settings."""

SECTIONS = ()
SUMMARY = "nothing"
offers = files = lambda *_: ()
