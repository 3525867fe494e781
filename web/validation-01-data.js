// The findings as rows, their look-up, and the helpers with which all sections draw.

const RUNS = DATA.runs;
const FINDINGS = (() => {
  const columns = Object.entries(DATA.findings);
  return DATA.findings.value.map((_, i) => Object.fromEntries(columns.map(([name, values]) => [name, values[i]])));
})();

// The rows that have the given values; null in `wanted` asks for rows without that condition.
function select(rows, wanted) {
  const conditions = Object.entries(wanted);
  return rows.filter((row) => conditions.every(([name, value]) => row[name] === value));
}

function distinct(rows, name) {
  return [...new Set(rows.map((row) => row[name]))];
}

function inSection(section) {
  return select(FINDINGS, {section});
}

const SCORES = distinct(FINDINGS, 'score').filter((score) => score && !/^p_/.test(score));

const SCORE_NAMES = {
  agreement: 'κ, shrunk', agreement_raw: 'κ', agreement_stratified: 'stratified κ, shrunk', agreement_stratified_raw: 'stratified κ',
  agreement_min: 'stratified κ of the weakest pair', agreement_strict: 'stratified κ of all languages at once',
  lape: 'LAPE', jaccard: 'Jaccard', jaccard_adjusted: 'Jaccard, adjusted', phi: 'φ', spearman: 'Spearman', auroc: 'AUROC', cosine: 'cosine',
  fleiss: 'Fleiss κ', icc: 'ICC(C,1)',
  '-bi_loss': 'BI loss, code form', '-bi_loss_text': 'BI loss, text form',
  p_cofire: 'co-firing (hypergeometric)', p_cofire_stratified: 'co-firing within strata', p_agreement: 'κ (permutations)',
};

function scoreName(score) {
  return SCORE_NAMES[score] ?? score;
}

// If there are many curves, these are drawn; a click in the legend adds others.
const SHOWN_AT_FIRST = ['agreement_stratified', 'agreement', '-bi_loss', '-bi_loss_text', 'jaccard', 'phi'];

// Okabe & Ito's colours, which colour-blind readers can tell apart; dashes once they run out.
const HUES = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8a7f00', '#777777'];
const DASHES = ['solid', 'dash', 'dot', 'dashdot'];

function scoreStyle(score) {
  const index = Math.max(0, SCORES.indexOf(score));
  return {color: HUES[index % HUES.length], dash: DASHES[Math.floor(index / HUES.length) % DASHES.length], width: 1.75};
}

// 0.123 with its spread over repetitions.
function withSpread(row, digits = 3) {
  if (!row) return ABSENT;
  return isNumber(row.sd) ? `${fixed(row.value, digits)} ± ${fixed(row.sd, digits)}` : fixed(row.value, digits);
}

// A table whose first column names the rows.
function dataTable(label, heads, rows) {
  const head = heads.map((text) => element('th', {scope: 'col'}, text));
  const body = rows.map(([name, ...cells]) => element('tr', {},
    element('th', {scope: 'row', class: 'name'}, name), ...cells.map((cell) => element('td', {}, cell))));
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  return element('div', {class: 'table-frame plain', role: 'region', 'aria-label': label, tabindex: '0'}, table);
}

// A labelled choice; `change` is called with nothing when it changes. `.value` holds the choice.
function choice(label, options, change) {
  const select_ = element('select', {}, ...options.map(([value, text]) => element('option', {value}, text)));
  select_.addEventListener('change', change);
  return [element('label', {}, label, select_), select_];
}

// Curves of several scores: `curves` are {score, name, x, y, sd}.
function curvesChart(curves, xaxis, yaxis) {
  const crowded = new Set(curves.map(({score}) => score)).size > SHOWN_AT_FIRST.length + 1;
  const data = curves.map(({score, name, x, y, sd, line}) => ({
    type: 'scatter', mode: 'lines+markers', name: plotlyText(name), x, y,
    line: line ?? scoreStyle(score), marker: {size: 5},
    error_y: sd && sd.some(isNumber) ? {type: 'data', array: sd.map((value) => value ?? 0), thickness: 1, width: 2} : undefined,
    hovertemplate: '%{y:.3f} at %{x}',
    visible: crowded && score && !SHOWN_AT_FIRST.includes(score) ? 'legendonly' : true,
  }));
  const legend = {orientation: 'h', y: -0.22, font: {size: 11}};
  return {data, layout: chartLayout(xaxis, yaxis, {legend, margin: {l: 52, r: 8, t: 8, b: 48}})};
}

function addFigure(place, caption, name, build) {
  const [node, chart] = figure([caption], name);
  place.append(node);
  addChart(chart, caption, build);
}

function emptied(id) {
  const place = byId(id);
  removeCharts(place);
  place.replaceChildren();
  return place;
}
