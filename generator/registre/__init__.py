"""The register of the life of each act: what happened, when, by whom; nothing in it is ever changed.

`evenements` says what an entry is and how each seals the one before it; `base` alone knows the database;
`vie` tells from the entries where each act is and who is late; `ecrits` writes it down.
"""
