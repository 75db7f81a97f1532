"""The essential data of grant agreements: what décret n° 2017-779 has published, in the SCDL format.

`format` says what a row may hold; `conventions` makes the rows from the records, `echeances` says what is
due and by when; `reprise` reads the files of others and seeds records from them.
"""
