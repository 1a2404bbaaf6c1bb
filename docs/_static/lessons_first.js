// What the search of the site counts for a match (Sphinx' own numbers), and that exercises come after their lessons.
var Scorer = {
  score: ([page, , , , score]) => score - (page.includes("/exercises/") ? 10 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
