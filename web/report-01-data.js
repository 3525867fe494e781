// The report's data: what was run, and a column of numbers a score.

const RUN = DATA.run;
const COLUMNS = DATA.columns;
const LANGUAGES = RUN.languages;
const N_ROWS = COLUMNS.feature.length;
// Row of the columns that holds a feature's numbers.
const ROW_OF = new Map(COLUMNS.feature.map((feature, row) => [feature, row]));

// The feature's largest activation over all languages: the scale of the shading.
function featureMaximum(row) {
  return Math.max(...LANGUAGES.map((language) => COLUMNS[`max_${language}`][row] ?? 0));
}

function evidenceOf(feature) {
  return Object.hasOwn(DATA.evidence, feature) ? DATA.evidence[feature] : null;
}
