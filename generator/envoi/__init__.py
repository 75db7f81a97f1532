"""Sending the acts to the structures, keeping them, publishing them.

`executoire` says whether the acts may leave; `message` words what goes with each; `smtp` alone speaks to a
mail server; `remise` hands over each message once; `archive` packs a deliberation; `coordonnees` looks for
bank details in what is published.
"""
