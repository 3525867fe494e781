// How each column of the scores is named, explained, ordered and written. RUN.columns has the words
// and the order (isogloss/score/score_columns.inc); here are the formats and what is put in per language.

const FORMATS = {
  whole,
  rank: whole,
  decimals1: (value) => fixed(value, 1),
  decimals2: (value) => fixed(value, 2),
  decimals3: (value) => fixed(value, 3),
  quantity: (value) => quantity(value, 4),
  probability,
  share: (value) => percent(value, 0),
  truth: (value) => (value ? 'yes' : 'no'),
};

function intervalText(value, row) {
  const low = COLUMNS.agreement_low?.[row];
  if (!isNumber(low)) return fixed(value, 3);
  return `${fixed(value, 3)} (${fixed(low, 2)} to ${fixed(COLUMNS.agreement_high[row], 2)})`;
}

// Columns that have their own format.
const OWN_FORMATS = {
  agreement_stratified_raw: intervalText,
  feature: (value) => String(value),
};

// Columns drawn as a bar of their value, 0 … 1.
const BARS = new Set(['agreement_stratified']);

function measureOf(column) {
  const {key, label, tip, language} = column;
  const put = (text, name) => text.replaceAll('{language}', name);
  const explained = language && !tip.includes('{language}') ? `${languageName(language)}: ${tip}` : tip;
  return {...column,
    label: language ? put(label, language) : label,
    tip: language ? put(explained, languageName(language)) : tip,
    bar: BARS.has(key),
    format: OWN_FORMATS[key] ?? FORMATS[column.format]};
}

const MEASURES = RUN.columns.map(measureOf).filter(({key}) => COLUMNS[key]);
const MEASURE = new Map(MEASURES.map((measure) => [measure.key, measure]));

function measureText(key, row) {
  return MEASURE.get(key).format(COLUMNS[key][row], row);
}

function renderMeasureList() {
  const ofScores = MEASURES.filter(({key, measure, language}) => measure || !language || key.startsWith('nu_'));
  byId('measure-list').replaceChildren(...ofScores.map((measure) => element('div', {},
    element('dt', {}, measure.label, ' ', element('code', {}, measure.key)),
    element('dd', {}, measure.tip))));
}
