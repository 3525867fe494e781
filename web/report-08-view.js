// Which features the table shows and in what order.

const FILTERS = [
  {key: 'all', label: 'All features', keeps: () => true},
  {key: 'live', label: 'Live: fire in every language', keeps: (row) => COLUMNS.alive[row] === 1},
  {key: 'partial', label: 'Fire in some languages only',
    keeps: (row) => COLUMNS.n_languages_active[row] > 0 && !COLUMNS.alive[row]},
  {key: 'dead', label: 'Dead: fire in no language', keeps: (row) => COLUMNS.n_languages_active[row] === 0},
  ...(FLAGS.length ? [{key: 'specific', label: 'Specific to one language', keeps: (row) => specificLanguage(row) !== null},
    ...LANGUAGES.map((language) => ({key: `specific:${language}`, label: `Specific to ${languageName(language)}`, keeps: (row) => specificLanguage(row) === language}))] : []),
  {key: 'evidence', label: 'With sentences on this page', keeps: (row) => evidenceOf(COLUMNS.feature[row]) !== null},
];

const FLAG_FILTERS = FLAGS.length ? flagFilters() : [[null, [['any', 'Any or none', () => true]]]];
const FLAG_FILTER = new Map(FLAG_FILTERS.flatMap(([, entries]) => entries.map(([key, , keeps]) => [key, keeps])));

const view = {
  sort: 'rank', descending: false, filter: 'all', flags: 'any', sharing: 0, query: '',
  page: 0, pageSize: 50, allColumns: false,
  rows: [],  // rows of the columns, filtered and ordered
};

// Letters compared without case and accents, so that "articulo" finds "Artículo".
function searchable(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

let sentenceIndex = null;  // built at the first search: one {text, features} per sample and language

function makeSentenceIndex() {
  const entries = new Map();
  for (const [feature, evidence] of Object.entries(DATA.evidence)) {
    for (const language of Object.keys(evidence)) {
      for (const {s} of evidence[language]) {
        const key = `${s} ${language}`;
        if (!entries.has(key)) {
          entries.set(key, {text: searchable(DATA.sequences[s].in[language].text), features: []});
        }
        entries.get(key).features.push(Number(feature));
      }
    }
  }
  return [...entries.values()];
}

function featuresWithText(text) {
  sentenceIndex ??= makeSentenceIndex();
  const wanted = searchable(text);
  const found = new Set();
  for (const entry of sentenceIndex) {
    if (entry.text.includes(wanted)) entry.features.forEach((feature) => found.add(feature));
  }
  return found;
}

// Features a query names: numbers are feature indices, anything else (or in quotes) is text
// to be found in the evidence sentences. Null for an empty query.
function featuresOfQuery(query) {
  const text = query.trim();
  if (text === '') return null;
  if (/^[#\d][\d\s,#]*$/.test(text)) return new Set(text.match(/\d+/g)?.map(Number) ?? []);
  const quoted = text.match(/^["“](.*?)["”]?$/u);
  const wanted = quoted ? quoted[1] : text;
  return wanted === '' ? null : featuresWithText(wanted);
}

// Ascending or descending by the chosen column; empty values last; ties by rank.
function compareRows(a, b) {
  const values = COLUMNS[view.sort];
  const left = values[a];
  const right = values[b];
  if (left !== right) {
    if (!isNumber(left)) return 1;
    if (!isNumber(right)) return -1;
    return (left < right) === view.descending ? 1 : -1;
  }
  return COLUMNS.rank[a] - COLUMNS.rank[b];
}

function updateView() {
  const {keeps} = FILTERS.find((filter) => filter.key === view.filter);
  const keepsFlags = FLAG_FILTER.get(view.flags);
  const wanted = featuresOfQuery(view.query);
  view.rows = [];
  for (let row = 0; row < N_ROWS; row += 1) {
    if (keeps(row) && keepsFlags(row) && COLUMNS.n_languages_sharing[row] >= view.sharing && (wanted === null || wanted.has(COLUMNS.feature[row]))) view.rows.push(row);
  }
  view.rows.sort(compareRows);
}

function sortBy(key) {
  if (view.sort === key) {
    view.descending = !view.descending;
  } else {
    view.sort = key;
    view.descending = MEASURE.get(key).best === 'high';
  }
  view.page = 0;
  updateView();
}

function pageCount() {
  return Math.max(1, Math.ceil(view.rows.length / view.pageSize));
}

function goToPage(page) {
  view.page = Math.min(Math.max(0, page), pageCount() - 1);
}
