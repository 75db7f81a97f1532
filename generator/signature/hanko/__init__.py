"""The only users of pyHanko, of its validator of certificates and of asn1crypto.

`cles` opens a certificate with its key, `confiance` holds the roots that are trusted, `apposer` signs,
`verifier` says whether a signature is whole and whose it is.
"""
