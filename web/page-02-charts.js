// Charts are drawn with Plotly when they come into view, and redrawn when the colours change. Each
// is drawn in its own task, so that the page stays responsive.

const charts = new Map();  // element -> function that returns Plotly's {data, layout}
const chartWatcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    chartWatcher.unobserve(entry.target);
    setTimeout(() => {
      if (charts.has(entry.target) && isShown(entry.target)) drawChart(entry.target);
    });
  }
}, {rootMargin: '300px'});

function isShown(node) {
  return node.offsetParent !== null;
}

// Runs Plotly's source, which the page carries as inert text.
function loadPlotly() {
  if (!globalThis.Plotly) {
    const script = document.createElement('script');
    script.textContent = byId('plotly').textContent;
    document.head.append(script);
  }
  return globalThis.Plotly;
}

function addChart(node, description, build) {
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', description);
  node.classList.add('chart');
  charts.set(node, build);
  chartWatcher.observe(node);
}

function removeCharts(parent) {
  for (const node of parent.querySelectorAll('.chart')) {
    chartWatcher.unobserve(node);
    charts.delete(node);
    if (node.dataset.drawn) loadPlotly().purge(node);
  }
}

function drawChart(node) {
  const {data, layout} = charts.get(node)();
  const config = {
    displaylogo: false,
    responsive: true,
    // Listed one by one: by default Plotly adds a button that sends the chart to its maker's
    // server.
    modeBarButtons: [['toImage', 'zoom2d', 'pan2d', 'resetScale2d']],
    plotlyServerURL: '',
    toImageButtonOptions: {format: 'svg', filename: node.dataset.name},
  };
  loadPlotly().react(node, data, layout, config);
  node.dataset.drawn = '1';
}

// Draws every chart again as it comes into view.
function refreshCharts() {
  for (const node of charts.keys()) {
    chartWatcher.unobserve(node);
    chartWatcher.observe(node);
  }
}

function drawShownCharts() {
  for (const node of charts.keys()) {
    if (isShown(node)) drawChart(node);
  }
}

function startCharts() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refreshCharts);
  // Paper is white: data-print turns the colours light before the charts are drawn for it.
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.print = '1';
    drawShownCharts();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.print;
    refreshCharts();
  });
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Plotly reads a few tags and entities in its labels; data must not be taken for them.
function plotlyText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// Layout common to all charts: no title (the caption is HTML), thin rules, the page's type.
function chartLayout(xaxis, yaxis, rest = {}) {
  const axis = {
    linecolor: colour('rule-strong'), gridcolor: colour('rule'), zerolinecolor: colour('rule'),
    ticks: 'outside', ticklen: 4, tickcolor: colour('rule-strong'), showline: true, automargin: true,
  };
  const title = (text) => ({text, font: {size: 12}, standoff: 8});
  return {
    autosize: true,
    margin: {l: 48, r: 8, t: 8, b: 40},
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: {family: getComputedStyle(document.body).fontFamily, size: 11, color: colour('ink')},
    hoverlabel: {bgcolor: colour('raised'), bordercolor: colour('rule-strong'), font: {color: colour('ink')}, align: 'left'},
    modebar: {bgcolor: 'rgba(0,0,0,0)', color: colour('ink-soft'), activecolor: colour('ink')},
    xaxis: {...axis, ...xaxis, title: title(xaxis.title)},
    yaxis: {...axis, ...yaxis, title: title(yaxis.title)},
    ...rest,
  };
}

// A figure: caption above, chart below; returns the figure and the element to draw in.
function figure(caption, name) {
  const node = element('div', {'data-name': name});
  return [element('figure', {}, element('figcaption', {}, ...caption), node), node];
}
