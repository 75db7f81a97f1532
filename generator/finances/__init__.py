"""What finance works with: the tables of a deliberation, its workbook, the table that services exchange.

`donnees` computes, `tables` lays out, `feuilles` and `classeur` make the workbook, `ecrits` the text and
the CSV; `lecture` opens the files of others, `saisie` types their rows, `rapprochement` holds them against
the records and `reecriture` edits the YAML. Amounts are cents everywhere.
"""
