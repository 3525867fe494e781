// The report's data: what was run, and a column of numbers per score.

const RUN = DATA.run;
const COLUMNS = DATA.columns;
const LANGUAGES = RUN.languages;
const N_ROWS = COLUMNS.feature.length;
// The row that holds a feature's numbers.
const ROW_OF = new Map(COLUMNS.feature.map((feature, row) => [feature, row]));

const SCORING = RUN.scoring;
// Flags that name what may explain a score other than meaning: {name, word, meaning, explains};
// none without token profiles.
const FLAGS = RUN.flags;
// The number of flags of each feature, as a column.
if (FLAGS.length) {
  COLUMNS.flags = COLUMNS.feature.map((_, row) => FLAGS.reduce((sum, flag) => sum + COLUMNS[flag.name][row], 0));
}

function flagsOf(row) {
  return FLAGS.filter((flag) => COLUMNS[flag.name][row]);
}

// True if some flag explains the agreement by itself.
function isExplained(row) {
  return FLAGS.some((flag) => flag.explains && COLUMNS[flag.name][row]);
}

// The language to which a feature is specific, or null.
function specificLanguage(row) {
  return DATA.flag_details.flag_language?.[COLUMNS.feature[row]]?.[0] ?? null;
}

// The detail of a flag: which language, or which token and where.
function flagDetail(flag, row) {
  const detail = DATA.flag_details[flag.name]?.[COLUMNS.feature[row]];
  if (!detail) return '';
  const [language, token, share] = detail;
  return token ? `: “${token}”, ${percent(share, 0)} in ${languageName(language)}` : `: ${languageName(language)}`;
}

// [[token, share of the peaks]…], most frequent first; empty where it is not known.
function peaksOf(feature, language) {
  return DATA.peaks[feature]?.[language] ?? [];
}

// The feature's largest activation over all languages: the scale of the shading.
function featureMaximum(row) {
  return Math.max(...LANGUAGES.map((language) => COLUMNS[`max_${language}`][row] ?? 0));
}

function evidenceOf(feature) {
  return Object.hasOwn(DATA.evidence, feature) ? DATA.evidence[feature] : null;
}
