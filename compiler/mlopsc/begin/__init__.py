"""The first steps: a spec where there is none, and one more section in a spec that is there.

Data: `table` reads a csv, `values` and `profile` find what is true of its columns, `propose` says so.
Texts: `sections` holds them, `columns` and `holes` fit them to a spec, `insert` puts one in its place,
`first` makes a whole spec of them. `fit` compiles a text before `place` writes it; `start` and
`extend` are the two commands.
"""
