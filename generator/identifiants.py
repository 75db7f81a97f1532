"""Identifiers of a structure: read from text, with their keys, or refused with the reason in French.

The only module that knows python-stdnum (SIRET), schwifty (IBAN, BIC, the list of banks) and
email-validator, and where the holes they leave are closed: zeros, the RIB key, the RNA, the postcode. A
function named ``parse_…`` returns the identifier or raises ValueError with a message in French; none of
them prints an IBAN. schwifty is imported when a bank account is read, and not before: it costs more than
all the rest.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum.fr import siret as _siret

_CITED = 40  # characters of the faulty text shown in a message
_ESPACES = "[ \u00a0\u202f]"


def _cite(text: str) -> str:
    """`text` between guillemets, clipped."""
    return f"« {text if len(text) <= _CITED else text[: _CITED - 1] + '…'} »"


# --- establishments and associations -------------------------------------------------------------


def parse_siret(text: str) -> str:
    """A SIRET: 14 digits as text, with a sound key and a SIREN that is not all zeros.

    The key is Luhn's, but for the establishments of La Poste, whose digits add up to a multiple of 5
    (Insee). No space is accepted: a figure typed without quotes would be one.
    """
    if not re.fullmatch("[0-9]{14}", text):
        raise ValueError(f"SIRET {_cite(text)} : 14 chiffres attendus, sans espace ni lettre")
    if text.startswith("0" * 9):
        raise ValueError(f"SIRET {_cite(text)} : les neuf premiers chiffres, ceux du SIREN, sont nuls")
    if not _siret.is_valid(text):
        raise ValueError(f"SIRET {_cite(text)} : la clé de contrôle (Luhn) est fausse")
    return text


RNA = r"W([0-9]{2}|2[AB]|9[A-Z])[0-9]{7}"
"""Form of a RNA number: W, the département, seven digits (arrêté of 14 October 2009)."""

_OUTRE_MER = frozenset("BCFGJMNPRST")
"""Letters that follow W9: 9G Guadeloupe, 9M Martinique, 9C Guyane, 9R La Réunion, 9T Mayotte, 9S
Saint-Pierre-et-Miquelon, 9B Saint-Barthélemy, 9F Wallis-et-Futuna, 9N Nouvelle-Calédonie, 9P Polynésie
française (managing services listed by betagouv/api-subventions-asso, issue 1931), and 9J, met in
published numbers. No number in 97 or 98 was found, and no official list: a rule that relies on this one
only warns."""


def parse_rna(text: str) -> str:
    """A RNA number: « W621004321 », « W2A1000119 » in Corsica, « W9R1003737 » overseas. It has no key."""
    if not re.fullmatch(RNA, text):
        raise ValueError(f"numéro RNA {_cite(text)} : un W suivi de neuf caractères est attendu")
    return text


def departement_du_rna(rna: str) -> str | None:
    """The département of a RNA number (« 62 », « 2A », « 9R »); None when there is no such département."""
    code = rna[1:3]
    if code[1].isalpha():
        known = code[0] == "2" or code[1] in _OUTRE_MER
    else:
        known = "01" <= code <= "95" and code != "20"
    return code if known else None


# --- postcode ------------------------------------------------------------------------------------

CODE_POSTAL = r"(?:(?:0[1-9]|[1-8][0-9]|9[0-5])[0-9]|97[1-8]|98[046-8])[0-9]{2}"
"""Form of a postcode: a département of the mainland, 20 for the two of Corsica, 97 or 98 and a digit for
what is overseas (and Monaco)."""


def parse_code_postal(text: str) -> str:
    """A postcode: five digits that begin as those of a département do."""
    if not re.fullmatch("[0-9]{5}", text):
        raise ValueError(f"code postal {_cite(text)} : cinq chiffres attendus")
    if not re.fullmatch(CODE_POSTAL, text):
        raise ValueError(f"code postal {_cite(text)} : aucun département n’a de tels codes")
    return text


# --- e-mail ---------------------------------------------------------------------------------------


def parse_courriel(text: str) -> str:
    """An e-mail address, as every mail server takes it: ASCII, the domain with a dot. No server is asked."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError(f"{_cite(text)} n’est pas une adresse électronique") from None
    return found.ascii_email or found.normalized


# --- bank account --------------------------------------------------------------------------------

FRANCE = "FR"
_CLE_NATIONALE = frozenset({FRANCE, "MC"})  # countries whose national key is that of a RIB

IBAN = f"[A-Z]{{2}}[0-9]{{2}}(?:{_ESPACES}?[A-Z0-9]){{11,30}}"
"""Form of an IBAN, in groups or not."""

BIC = "[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
"""Form of a BIC: the bank, its country, the place, and perhaps the branch."""


def parse_iban(text: str) -> str:
    """An IBAN without spaces: its length and form for its country, its key, and in France the RIB key.

    Spaces between the groups are accepted, small letters are not. The message never cites the number.
    """
    import schwifty
    from schwifty import exceptions as refus

    if not re.fullmatch(IBAN, text):
        raise ValueError("un IBAN a deux lettres, deux chiffres, puis le compte, en majuscules")
    iban = re.sub(_ESPACES, "", text)
    try:
        schwifty.IBAN(iban, validate_bban=iban[:2] in _CLE_NATIONALE)
    except refus.InvalidCountryCode:
        raise ValueError(f"aucun IBAN ne commence par {_cite(iban[:2])}") from None
    except refus.InvalidLength:
        raise ValueError(f"un IBAN en {_cite(iban[:2])} n’a pas {len(iban)} caractères") from None
    except refus.InvalidChecksumDigits:
        raise ValueError("la clé de contrôle de l’IBAN est fausse") from None
    except refus.InvalidBBANChecksum:
        raise ValueError("la clé RIB, les deux derniers chiffres de l’IBAN, est fausse") from None
    except refus.SchwiftyException:
        raise ValueError("cet IBAN n’a pas la forme de ceux de son pays") from None
    return iban


def parse_bic(text: str) -> str:
    """A BIC: four letters of the bank, two of an existing country, two or five characters of the place."""
    import schwifty
    from schwifty import exceptions as refus

    if not re.fullmatch(BIC, text):
        raise ValueError(f"BIC {_cite(text)} : six lettres, puis deux ou cinq caractères, en majuscules")
    try:
        schwifty.BIC(text, enforce_swift_compliance=True)
    except refus.SchwiftyException:
        raise ValueError(f"BIC {_cite(text)} : aucun pays n’a le code {_cite(text[4:6])}") from None
    return text


def banque(iban: str) -> str:
    """Code of the bank of a French IBAN, as returned by `parse_iban`: « 30006 »."""
    return iban[4:9]


def bics(iban: str) -> frozenset[str]:
    """The BIC, of eight characters, that schwifty lists for the bank of a French IBAN.

    Empty when it does not know the bank: its list is kept by hand and is not complete.
    """
    return _bics(banque(iban))


@lru_cache(maxsize=512)  # the BIC of a large bank are made anew each time, and many accounts share it
def _bics(code: str) -> frozenset[str]:
    import schwifty
    from schwifty import exceptions as refus

    try:
        return frozenset(str(b)[:8] for b in schwifty.BIC.candidates_from_bank_code(FRANCE, code))
    except refus.SchwiftyException:
        return frozenset()
