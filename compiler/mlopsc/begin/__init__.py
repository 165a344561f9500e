"""The first steps: a spec where there is none, and one more section in a spec that is there.

In the order of use: `table` (reads a csv), `profile` (what is true of its columns), `propose` (says so
as `validation`), `facts` (what a section must know of its spec), `sections` (the texts), `insert`
(puts one into a spec), `start` and `extend` (the two commands).
"""
