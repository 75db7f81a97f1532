"""A file gets its type: plain values to a record, or every reason why not, in French and in place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, SchemaValidator

from generator import source
from generator.diagnostics import Diagnostic, Note, proche, suggerer
from generator.model import Puce, Racine

R = TypeVar("R", bound=Racine)

_AIDES = {
    "MNT001": "écrire le montant en euros, par exemple 65 000,00",
    "TAU001": "écrire le taux avec une virgule, par exemple 12,5 %",
    "DAT001": "écrire la date comme 2024-12-09 ou 09/12/2024",
    "NOM001": "écrire un nombre en chiffres, par exemple 2 706, ou 1,2 pour des ETP",
    "NOM002": "écrire true (oui) ou false (non)",
    "IDN001": "recopier, entre guillemets, les 14 chiffres de l’avis de situation de l’Insee",
    "IDN006": "recopier le numéro du récépissé de la préfecture, par exemple W621004321",
    "IDN007": "recopier l’IBAN du relevé d’identité bancaire",
    "IDN008": "recopier le BIC du relevé d’identité bancaire, par exemple AGRIFRPP",
    "IDN009": "écrire entre guillemets les cinq chiffres du code postal",
    "IDN017": "écrire une adresse électronique, comme contact@structure.fr",
}
"""What to do about each error of `model.types`."""
_CITED = 40  # characters of the faulty text shown in a message

_FORMES = {
    r"^[A-Z]{3}[0-9]{3}$": "un code d’anomalie, par exemple DRO001",
    r"^[0-9]{4}-[0-9]{1,5}$": "un numéro de délibération, par exemple 2024-587",
    r"^[0-9]{4}-[0-9]{5}$": "un numéro de convention, par exemple 2024-00411",
    r"^C[0-9]{2}-[0-9]{3}[A-Z][0-9]{2}$": "un code opération, par exemple C02-446A05",
    r"^[0-9]{2,6}/[0-9]{3,6}$": "nature/fonction, par exemple 6568/93446",
    r"^[0-9]{2}$": 'deux chiffres entre guillemets, par exemple "93"',
    r"^[1-9]$": "un chiffre de 1 à 9 entre guillemets",
    r"^[0-9]{1,6}$": 'un code de un à six chiffres entre guillemets, par exemple "6568"',
    r"^0[1-9]( [0-9]{2}){4}$": "un numéro de téléphone, par exemple 03 21 00 00 00",
    r"^[a-z0-9]+([.-][a-z0-9]+)*$": "des minuscules sans accent, des chiffres et des traits d’union",
}
"""What each pattern of the models asks for, in words."""


def _label(loc: tuple[int | str, ...]) -> str:
    return " → ".join(str(p + 1) if isinstance(p, int) else p for p in loc) or "enregistrement"


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that holds the key at `loc`, found by walking the annotations."""
    current: Any = model
    for step in loc:
        options = [current, *_flatten(current)]
        models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
        if isinstance(step, int):
            continue
        current = next((m.model_fields[step].annotation for m in models if step in m.model_fields), None)
        if current is None:
            return None
    options = [current, *_flatten(current)]
    return next((o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), None)


def _flatten(annotation: Any) -> Iterator[Any]:
    for arg in get_args(annotation):
        yield arg
        if isinstance(arg, UnionType) or get_args(arg):
            yield from _flatten(arg)


def _clip(text: str) -> str:
    """`text` on one line, cut where a message would become unreadable."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _CITED else flat[: _CITED - 1] + "…"


def _clean(loc: tuple[int | str, ...], src: source.Source) -> tuple[int | str, ...]:
    """`loc` without the names of union members that pydantic adds, as a path of the file."""
    out: list[int | str] = []
    value: Any = src.value
    for step in loc:
        inside = step in value if isinstance(value, dict) else False
        if isinstance(value, list) and isinstance(step, int):
            inside = step < len(value)
        if inside:
            value = value[step]
            out.append(step)
    return tuple(out)


def _diagnose(err: ErrorDetails, src: source.Source, model: type[Racine]) -> Diagnostic:
    """A pydantic error as a located French diagnostic."""
    loc = err["loc"]
    path = _clean(loc, src)
    span, kind, ctx = src.span(*path), err["type"], err.get("ctx", {})
    value = err.get("input")
    shown = f"« {_clip(value)} »" if isinstance(value, str) else "cette valeur"
    if kind == "missing":
        return Diagnostic(
            "REC001",
            f"champ obligatoire absent : « {loc[-1]} »",
            span,
            help=f"ajouter la ligne « {loc[-1]}: … » à cet endroit",
        )
    if kind == "extra_forbidden":
        name = str(loc[-1])
        holder = _model_at(model, tuple(p for p in path[:-1]))
        known = [k for k in holder.model_fields if k != "origine"] if holder else []
        notes = (Note("clés connues ici : " + ", ".join(known)),) if known else ()
        return Diagnostic(
            "REC002",
            f"clé inconnue : « {name} »",
            src.key_span(*path),
            notes=notes,
            help=suggerer(name, known) or "supprimer cette ligne",
        )
    if len(kind) == 6 and kind[:3].isupper():  # a code that the models give themselves
        return Diagnostic(kind, err["msg"], span, help=ctx.get("aide") or _AIDES[kind])
    if value is None:
        return Diagnostic(
            "REC003",
            f"champ vide : « {_label(path)} »",
            span,
            help="écrire une valeur, ou supprimer la ligne si le champ est facultatif",
        )
    texts = {
        "literal_error": f"{shown} n’est pas une valeur admise",
        "string_pattern_mismatch": f"{shown} n’a pas la forme attendue pour « {_label(path)} »",
        "string_too_short": f"champ vide : « {_label(path)} »",
        "too_short": f"liste vide : « {_label(path)} »",
        "string_type": f"un texte est attendu pour « {_label(path)} »",
        "tuple_type": f"une liste est attendue pour « {_label(path)} »",
        "model_type": f"un groupe de champs est attendu pour « {_label(path)} »",
        "value_error": err["msg"].removeprefix("Value error, "),
    }
    text = texts.get(kind, f"{shown} ne convient pas pour « {_label(path)} »")
    aide = "corriger la valeur"
    if kind == "literal_error":
        aide = "valeurs admises : " + str(ctx.get("expected", "")).replace("'", "").replace(" or ", " ou ")
    elif kind in {"tuple_type", "too_short"}:
        aide = "écrire chaque élément sur sa ligne, précédé de « - »"
    elif kind == "string_pattern_mismatch":
        aide = f"forme attendue : {_FORMES.get(str(ctx.get('pattern')), 'voir la documentation')}"
    elif kind == "model_type":
        aide = "écrire chaque champ sur sa ligne, en retrait : « nom: valeur »"
    return Diagnostic("REC003", text, span, help=aide)


def _meant(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """`errors` without those that only follow from another.

    An item is a text or a group of fields: a text that fails is not told which fields it lacks, a
    group that fails is not told that it should be a text. A list whose elements all fail is not
    told that it is empty. A required field that is there, misspelt, is not told to be absent.
    """
    groups = {e["loc"][:-2] for e in errors if len(e["loc"]) > 1 and e["loc"][-2] == Puce.__name__}
    unknown = [e["loc"] for e in errors if e["type"] == "extra_forbidden"]

    def misspelt(loc: tuple[int | str, ...]) -> bool:
        here = [str(u[-1]) for u in unknown if u[:-1] == loc[:-1]]
        return bool(proche(str(loc[-1]), here, 0.75))

    return [
        e
        for e in errors
        if not (e["type"] == "too_short" and e["input"])
        and not (e["type"] == "missing" and misspelt(e["loc"]))
        and not (e["type"] == "model_type" and e["loc"][-1] == Puce.__name__)
        and not (e["type"] == "string_type" and isinstance(e["input"], dict) and e["loc"][:-1] in groups)
    ]


@cache
def _relecteur(model: type[R]) -> SchemaValidator:
    """What reads a record of that type from JSON that was made of such a record.

    It is the model's own schema without the functions that turn a text of the file into a value: amounts
    are already cents, dates are already dates.
    """
    plain = _sans_lecture(model.__pydantic_core_schema__)
    return SchemaValidator(plain, _use_prebuilt=False)  # prebuilt: the fields' own schemas, functions and all


def _sans_lecture(schema: Any) -> Any:
    if isinstance(schema, dict):
        if schema.get("type") == "function-before":
            return _sans_lecture(schema["schema"])
        return {key: _sans_lecture(inner) for key, inner in schema.items()}
    if isinstance(schema, list | tuple):
        return type(schema)(_sans_lecture(inner) for inner in schema)
    return schema


def en_json(record: Racine) -> bytes:
    """The record as `relu` reads it again; without `origine`, which belongs to the file."""
    return record.model_dump_json(exclude_unset=True).encode("utf-8")


def relu(kept: bytes, model: type[R], origine: str) -> R | None:
    """The record that `en_json` wrote, now that of the file `origine`; None when it cannot be read."""
    named = b'{"origine":%b,%b' % (json.dumps(origine).encode("ascii"), kept[1:])
    try:
        record = _relecteur(model).validate_json(named)
    except ValidationError:
        return None
    return record if isinstance(record, model) else None


def type_record(src: source.Source, model: type[R]) -> tuple[R | None, list[Diagnostic]]:
    """Give a file its type: the record, or every reason why it is none."""
    if src.reading is not None:
        known = relu(src.reading.record, model, src.file)
        if known is not None:
            return known, []
    if not isinstance(src.value, dict):
        return None, []
    if "origine" in src.value:
        return None, [
            Diagnostic(
                "REC002",
                "clé réservée : « origine »",
                src.key_span("origine"),
                help="supprimer cette ligne",
            )
        ]
    try:
        return model.model_validate({**src.value, "origine": src.file}), []
    except ValidationError as e:
        errors = _meant(e.errors(include_url=False))
    found = [_diagnose(err, src, model) for err in errors]
    return None, list(dict.fromkeys(found))
