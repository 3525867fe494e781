// The page of layers: one chart with a panel per measure, and a table that links to the reports.

const COLUMNS = DATA.columns;
const ROWS = DATA.rows;
const PANELS_ABREAST = 3;  // at most; fewer where there is no room
const PANEL_WIDTH = 300;
const PANEL_HEIGHT = 190;

function cellText(value) {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return whole(value);
  return quantity(value);
}

// The part of a path that distinguishes it: its last two folders, without the usual file name.
function shortPath(path) {
  return path.replace(/\/(params\.npz)?$/, '').split('/').slice(-2).join('/');
}

// What is drawn: the measures that at least one layer has.
const DRAWN = COLUMNS.filter((column) => column.drawn && ROWS.some((row) => isNumber(row[column.name])));

// Lines join the layers only if each occurs once: two autoencoders of one layer have no order.
function layersAreDistinct() {
  return new Set(ROWS.map((row) => row.layer)).size === ROWS.length;
}

function panelTrace(column, index) {
  const axis = index ? String(index + 1) : '';
  return {
    type: 'scatter', mode: layersAreDistinct() ? 'lines+markers' : 'markers',
    x: ROWS.map((row) => row.layer), y: ROWS.map((row) => row[column.name]),
    xaxis: `x${axis}`, yaxis: `y${axis}`, showlegend: false,
    line: {width: 1.5, color: colour('accent')}, marker: {size: 7, color: colour('accent')},
    text: ROWS.map((row) => plotlyText(`${row.folder}: ${cellText(row[column.name])}`)),
    hovertemplate: '%{text}<extra></extra>',
  };
}

function panelsAbreast() {
  return Math.max(1, Math.min(PANELS_ABREAST, Math.floor(byId('chart').clientWidth / PANEL_WIDTH)));
}

function layersChart() {
  const abreast = panelsAbreast();
  const rows = Math.ceil(DRAWN.length / abreast);
  const layers = ROWS.map((row) => row.layer);
  const span = [Math.min(...layers) - 0.5, Math.max(...layers) + 0.5];
  const layout = {grid: {rows, columns: abreast, pattern: 'independent', ygap: 0.45, xgap: 0.14}, annotations: []};
  const {xaxis, yaxis, ...rest} = chartLayout({title: ''}, {title: ''}, layout);
  DRAWN.forEach((column, index) => {
    const axis = index ? String(index + 1) : '';
    rest[`xaxis${axis}`] = {...xaxis, title: {text: 'Layer', font: {size: 11}, standoff: 4}, range: span, tickformat: 'd', nticks: 8};
    rest[`yaxis${axis}`] = {...yaxis, title: undefined, rangemode: 'tozero', nticks: 5};
    rest.annotations.push({
      text: plotlyText(column.title), xref: `x${axis} domain`, yref: `y${axis} domain`, x: 0, y: 1.04,
      xanchor: 'left', yanchor: 'bottom', showarrow: false, font: {size: 12},
    });
  });
  const size = {height: rows * PANEL_HEIGHT + 72, margin: {l: 48, r: 8, t: 32, b: 40}};
  return {data: DRAWN.map(panelTrace), layout: {...rest, ...size}};
}

function renderChart() {
  const node = element('div', {'data-name': 'layers'});
  node.style.height = 'auto';
  byId('chart').replaceChildren(node);
  addChart(node, `By layer: ${DRAWN.map((column) => column.title).join('; ')}`, layersChart);
}

function layerCell(column, row) {
  const value = row[column.name];
  if (column.name === 'folder') {
    const link = element('a', {href: `${encodeURIComponent(value)}/report.html`}, value);
    return element('th', {scope: 'row', class: 'words'}, link);
  }
  if (typeof value === 'string') {
    return element('td', {class: 'words', title: value}, element('bdi', {}, shortPath(value)));
  }
  return element('td', {}, cellText(value));
}

function renderTable() {
  const isText = ({name}) => ROWS.some((row) => typeof row[name] === 'string');
  const head = COLUMNS.map((column) => element('th', {scope: 'col', class: isText(column) ? 'words' : null}, column.title));
  const body = ROWS.map((row) => element('tr', {}, ...COLUMNS.map((column) => layerCell(column, row))));
  byId('table').replaceChildren(element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
}

function renderHead() {
  const languages = DATA.languages.map(languageLabel).join(', ');
  const title = `${DATA.model} by layer`;
  document.title = `${title} – isogloss`;
  byId('title').replaceChildren(element('bdi', {}, title));
  byId('facts').replaceChildren(element('dl', {class: 'facts'},
    fact('Corpus', element('bdi', {}, DATA.corpus)),
    fact('Languages', languages),
    fact('Sentences', `${whole(DATA.sentences)} in each language`)));
  byId('footer').replaceChildren(element('p', {},
    `Made by isogloss ${DATA.version}. Charts drawn with plotly.js (MIT licence). `,
    'All numbers on this page are also in ', element('code', {}, 'layers.json'), ' and ',
    element('code', {}, 'layers.parquet'), '.'));
}

renderHead();
startCharts();
renderChart();
renderTable();
requestAnimationFrame(() => requestAnimationFrame(() => {
  document.documentElement.dataset.ready = '1';
}));
