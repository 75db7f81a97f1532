"""The gate: a returned PDF is accepted only if it is the approved act and the expected signatures.

`octets` looks at the bytes, `objets` at what the PDF is made of, `images` at what is seen, `controle` puts
the steps in order with the opinion of `hanko.verifier`; `manuscrit` is for a scan of the signed paper.
"""
