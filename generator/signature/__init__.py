"""From an approved act to its signed PDF, and back: fields, signature, the gate for what returns.

`places` finds where each party signs, `champs` makes the fields before approval, `fiche` keeps beside each
act what was approved; `hanko` alone knows the signature library; `retour` holds a returned file against
what was approved.
"""
