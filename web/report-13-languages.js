// What languages share: how similar they are, how many features are shared by how many of them, and
// which features are specific to one.

const BEST_PER_ROW = 5;

// Languages in the order in which the dendrogram draws them, and its lines.
function dendrogram(merges) {
  const count = LANGUAGES.length;
  const order = [];
  const visit = (cluster) => {
    if (cluster < count) {
      order.push(cluster);
    } else {
      const [left, right] = merges[cluster - count];
      visit(left);
      visit(right);
    }
  };
  visit(count + merges.length - 1);
  const top = new Map(order.map((language, place) => [language, {x: place, y: 0}]));
  const lines = {x: [], y: []};
  merges.forEach(([left, right, height], i) => {
    const a = top.get(left);
    const b = top.get(right);
    lines.x.push(a.x, a.x, b.x, b.x, null);
    lines.y.push(a.y, height, height, b.y, null);
    top.set(count + i, {x: (a.x + b.x) / 2, y: height});
  });
  return {order, lines};
}

function similarityChart() {
  const {similarity, merges, n_features: common} = DATA.languages;
  const {order, lines} = dendrogram(merges);
  const places = order.map((_, place) => place);
  const names = order.map((language) => plotlyText(LANGUAGES[language]));
  const values = order.map((a) => order.map((b) => (a === b ? null : similarity[a][b])));
  const told = (a, b) => plotlyText(`${languageName(LANGUAGES[a])} and ${languageName(LANGUAGES[b])}: ${quantity(similarity[a][b])} over ${whole(common[a][b])} features`);
  const few = LANGUAGES.length <= 12;
  const heights = merges.map((merge) => merge[2]);
  const lowest = Math.max(0, Math.min(...heights) - 0.1);
  return {
    data: [
      {type: 'heatmap', x: places, y: places, z: values, colorscale: heatScale(), zmin: 0, hoverongaps: false, xgap: 1, ygap: 1,
        ...(few ? {texttemplate: '%{z:.2f}', textfont: {size: 10}} : {}),
        customdata: order.map((a) => order.map((b) => told(a, b))),
        hovertemplate: '%{customdata}<extra></extra>',
        colorbar: {thickness: 8, outlinewidth: 0, len: 0.72, y: 0.36, tickfont: {size: 10}}},
      {type: 'scatter', mode: 'lines', x: lines.x, y: lines.y, yaxis: 'y2', line: {color: colour('ink-soft'), width: 1.25}, hoverinfo: 'skip'},
    ],
    layout: chartLayout(
      {title: '', showgrid: false, zeroline: false, tickvals: places, ticktext: names, range: [-0.5, order.length - 0.5], ticks: '', showline: false},
      {title: '', showgrid: false, zeroline: false, tickvals: places, ticktext: names, range: [order.length - 0.5, -0.5], ticks: '', showline: false, domain: [0, 0.74]},
      {showlegend: false, yaxis2: {domain: [0.77, 1], range: [lowest, 1.02 * Math.max(...heights)], title: {text: '1 − similarity', font: {size: 11}}, nticks: 4, zeroline: false, gridcolor: colour('rule'), tickfont: {size: 10}}}),
  };
}

// A link to a feature, with the token on which it peaks most in the first of `languages` that has one.
function featureLink(row, languages) {
  const feature = COLUMNS.feature[row];
  const peak = languages.map((language) => peaksOf(feature, language)[0]).find(Boolean);
  return element('a', {href: `#feature=${feature}`, class: 'named'}, String(feature), ...(peak ? [' ', element('bdi', {class: 'piece'}, peak[0])] : []));
}

function headRow(labels) {
  return element('thead', {}, element('tr', {}, ...labels.map(([label, tip]) => element('th', {scope: 'col'},
    element('span', tip ? {tabindex: '0', 'data-tip': tip} : {}, label)))));
}

function atLeast(counts, k) {
  return counts.slice(k).reduce((a, b) => a + b, 0);
}

// The best features by rank, shared by exactly `k` languages, that no flag explains.
function bestShared(k) {
  return [...COLUMNS.feature.keys()].filter((row) => COLUMNS.n_languages_sharing[row] === k && !isExplained(row))
    .sort((a, b) => COLUMNS.rank[a] - COLUMNS.rank[b]).slice(0, BEST_PER_ROW);
}

function sharingTable() {
  const {firing, sharing, threshold} = DATA.languages;
  const lines = [...firing.keys()].reverse().map((k) => element('tr', {},
    element('th', {scope: 'row'}, whole(k)),
    element('td', {}, whole(firing[k])), element('td', {}, whole(atLeast(firing, k))),
    element('td', {}, whole(sharing[k])), element('td', {}, whole(atLeast(sharing, k))),
    element('td', {class: 'links'}, ...(k ? bestShared(k).map((row) => featureLink(row, LANGUAGES)) : []))));
  const shared = `Shared: κ score of at least ${threshold} with at least one other language. Languages that share a feature need not all share it with each other.`;
  return element('table', {id: 'sharing-table'}, headRow([['Languages'], ['Fire in exactly', 'Features that fire on at least one sentence in exactly this many languages.'], ['at least'],
    ['Shared by exactly', shared], ['at least', shared], ['Best shared by exactly this many', 'By rank, without features whose agreement a flag explains; with the token on which each peaks most.']]),
  element('tbody', {}, ...lines));
}

function specificTable() {
  const {specific} = DATA.languages;
  const lines = LANGUAGES.map((language) => element('tr', {},
    element('th', {scope: 'row'}, languageLabel(language)),
    element('td', {}, whole(specific[language].length)),
    element('td', {class: 'links'}, ...specific[language].slice(0, BEST_PER_ROW).map((feature) => featureLink(ROW_OF.get(feature), [language])))));
  return element('table', {id: 'specific-table'}, headRow([['Language'], ['Specific features', 'Features for which one language has at least 90 % of the firing rates and fires on at least five sentences.'],
    ['Firing on most sentences', 'With the token on which each peaks most.']]), element('tbody', {}, ...lines));
}

function framed(caption, table) {
  return element('figure', {}, element('figcaption', {}, caption), element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, table));
}

function renderLanguages() {
  const figures = [];
  if (LANGUAGES.length > 2) {
    const [outer, node] = figure(['Similarity of languages'], 'language-similarity');
    node.style.height = `${Math.min(44, 16 + 1.2 * LANGUAGES.length)}rem`;
    addChart(node, 'Heat map of the similarity of languages with a dendrogram', similarityChart);
    figures.push(outer);
    byId('languages-lead').textContent = 'Similarity: mean κ score, over the features that fire in both languages. The tree joins by average linkage.';
  } else {
    const {similarity, n_features: common} = DATA.languages;
    byId('languages-lead').textContent = `${languageName(LANGUAGES[0])} and ${languageName(LANGUAGES[1])}: mean κ score ${quantity(similarity[0][1])} over the ${whole(common[0][1])} features that fire in both.`;
  }
  figures.push(framed('Features by the number of languages', sharingTable()));
  if (FLAGS.length) figures.push(framed('Features of one language', specificTable()));
  byId('language-figures').replaceChildren(...figures);
}
