"""Look of the printed report: the navy and greys of the PDF documents, A4, one ink is enough."""

CSS = """
:root { --marine: #1b365d; --gris: #595959; --filet: #b9c4d4; --fond: #e9eef5; --or: #c9a24b;
  --rouge: #8c1d18; --fond-rouge: #fbeceb; --ambre: #5f3b00; --fond-ambre: #fff4d6; }
* { box-sizing: border-box; }
html { background: #eef0f3; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 3rem 3rem; background: #fff; color: #1a1a1a;
  font: 1rem/1.45 "Liberation Sans", Arial, Helvetica, sans-serif; }
a { color: var(--marine); }
h1, h2, h3, h4 { color: var(--marine); line-height: 1.25; break-after: avoid; }
h1 { margin: 1.2rem 0 .4rem; padding: .5rem 0; border: solid var(--marine); border-width: 2px 0;
  font-size: 1.55rem; text-align: center; }
h2 { margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--marine); font-size: 1.25rem; }
h3 { margin: 1.6rem 0 .6rem; font-size: 1.08rem; }
h4 { margin: 0 0 .3rem; font-size: 1rem; color: inherit; }
code, pre { font-family: "Liberation Mono", Consolas, Menlo, monospace; }
code { font-size: .92em; }
.entete { display: flex; gap: .9rem; align-items: center; padding-bottom: .7rem;
  border-bottom: 1px solid var(--filet); }
.entete svg { width: 3.2rem; height: 3.2rem; flex: none; }
.entete p { margin: 0; font-size: .85rem; color: var(--gris); }
.entete .nom { font-size: 1.1rem; font-weight: bold; color: var(--marine); }
.bandeau { margin: .8rem 0 0; padding: .3rem; border: 2px solid #8a6a1f; background: var(--fond-ambre);
  font-weight: bold; font-size: .85rem; text-align: center; color: var(--ambre); }
.objet { margin: 0 0 1.2rem; text-align: center; color: var(--gris); }
.objet strong { display: block; color: var(--marine); }
.verdict { padding: .6rem .9rem; border-left: 5px solid var(--marine); background: var(--fond); }
.verdict.erreur { border-color: var(--rouge); background: var(--fond-rouge); }
.verdict.avertissement { border-color: var(--or); background: var(--fond-ambre); }
.cote { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
.cote > * { flex: 1 1 20rem; }
table { width: 100%; margin: .5rem 0 1rem; border-collapse: collapse; font-size: .9rem; }
caption { padding-bottom: .3rem; text-align: left; font-weight: bold; color: var(--marine); }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--filet); text-align: left; vertical-align: top; }
thead th { border-top: 2px solid var(--marine); border-bottom: 2px solid var(--marine);
  background: var(--fond); color: var(--marine); }
tbody th { font-weight: normal; }
tbody tr.total > * { border-top: 2px solid var(--marine); font-weight: bold; }
.nombre { width: 5.5rem; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.etiquette { padding: .05rem .4rem; border: 1px solid #8a6a1f; background: var(--fond-ambre);
  font-size: .75rem; font-weight: bold; white-space: nowrap; color: var(--ambre); }
.constat { margin: 0 0 1rem; padding: .6rem .9rem .7rem; border: 1px solid var(--filet);
  border-left: 5px solid var(--marine); }
.constat.erreur { border-left-color: var(--rouge); }
.constat.avertissement { border-left-color: var(--or); }
.constat p, .constat ul { margin: .3rem 0; }
.constat ul { padding-left: 1.2rem; }
.gravite { display: inline-block; margin-right: .4rem; padding: .05rem .5rem; background: var(--fond);
  font-size: .8rem; font-weight: bold; color: var(--marine); }
.erreur .gravite { background: var(--rouge); color: #fff; }
.avertissement .gravite { background: var(--fond-ambre); color: var(--ambre); box-shadow: inset 0 0 0 1px #8a6a1f; }
.code { margin-right: .4rem; font-size: .85rem; color: var(--gris); white-space: nowrap; }
.message { display: block; margin-top: .3rem; }
.lieu, .place { color: var(--gris); font-size: .85rem; overflow-wrap: anywhere; }
.extrait { margin: .5rem 0; padding: .4rem 0; background: #f6f7f9; border: solid var(--filet);
  border-width: 1px 0; font-size: .82rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.extrait .ligne { display: block; padding-left: 3.6rem; text-indent: -3.6rem; }
.extrait .numero { display: inline-block; width: 2.8rem; margin-right: .8rem; padding-right: .4rem;
  border-right: 1px solid var(--filet); text-align: right; text-indent: 0; color: var(--gris); }
.extrait .visee .numero { font-weight: bold; color: var(--marine); }
mark { background: #ffe39a; color: inherit; border-bottom: 2px solid var(--rouge); font-weight: bold; }
details { margin-top: .5rem; border-top: 1px dotted var(--filet); padding-top: .3rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--marine); }
.notes-calcul, .pied { font-size: .85rem; color: var(--gris); }
.pied { margin-top: 2rem; padding-top: .5rem; border-top: 1px solid var(--filet); overflow-wrap: anywhere; }
@media screen { .annexe { display: none; } }
@media screen and (max-width: 48rem) { body { padding: 1rem; } }
@media print {
  @page { size: A4; margin: 18mm 16mm 18mm;
    @bottom-left { content: "Convenant \\2013  compte rendu de contrôle"; font: 8pt "Liberation Sans", Arial;
      color: #595959; }
    @bottom-right { content: "Page " counter(page) " sur " counter(pages); font: 8pt "Liberation Sans", Arial;
      color: #595959; } }
  html, body { background: #fff; }
  body { max-width: none; margin: 0; padding: 0; font-size: 9.5pt; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
  details { display: none; }
  .constat, .verdict, .bandeau, tr, .annexe article { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
