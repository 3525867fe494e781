// The start of the page, and its only link scheme: #feature=123 opens a feature.

let overviewScroll = null;  // where the overview was left; null if it was never shown
let openFeature = null;

function featureOfHash() {
  const match = location.hash.match(/^#feature=(\d+)$/);
  return match ? Number(match[1]) : null;
}

function showFeature(feature) {
  if (openFeature === null && document.documentElement.dataset.ready) overviewScroll = scrollY;
  openFeature = feature;
  byId('overview').hidden = true;
  byId('feature').hidden = false;
  renderFeature(feature);
  document.title = `Feature ${feature} – ${RUN.title} – isogloss`;
  scrollTo(0, 0);
  byId('feature').querySelector('h1').focus({preventScroll: true});
}

function showOverview() {
  const closed = openFeature;
  if (closed === null) return;
  openFeature = null;
  removeCharts(byId('feature'));
  byId('feature').hidden = true;
  byId('overview').hidden = false;
  document.title = `${RUN.title} – isogloss`;
  refreshCharts();
  if (overviewScroll === null) {
    byId('features').scrollIntoView();
  } else {
    scrollTo(0, overviewScroll);
  }
  const link = byId('table').querySelector(`a[href="#feature=${closed}"]`);
  (link ?? byId('table-frame')).focus({preventScroll: true});
}

function route() {
  hideTooltip();
  const feature = featureOfHash();
  if (feature === null) {
    showOverview();
  } else {
    showFeature(feature);
  }
}

// Left and right step to the neighbouring feature, unless a control has the keyboard.
function stepByKey(event) {
  if (openFeature === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest('input, select, textarea')) return;
  const link = byId('feature').querySelector(`[data-step="${CSS.escape(event.key)}"]`);
  if (link) link.click();
}

function start() {
  renderHeader();
  renderMeasureList();
  startTooltips();
  startCharts();
  renderSeries();
  renderScores();
  renderLanguages();
  startTable();
  addEventListener('hashchange', route);
  document.addEventListener('keydown', stepByKey);
  route();
  // Two frames later, the layout above has been painted.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.documentElement.dataset.ready = '1';
  }));
}

start();
