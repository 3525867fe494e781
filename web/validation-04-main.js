// Sensitivity, the head of the page, and the start of the page.

function sensitivityCurves(rows, condition, quantity_) {
  const of = select(rows, {condition, quantity: quantity_});
  return distinct(of, 'score').map((score) => {
    const points = select(of, {score});
    return {score, name: scoreName(score), x: points.map((row) => row.at), y: points.map((row) => row.value), sd: points.map((row) => row.sd)};
  });
}

function renderSensitivityOf(rows) {
  const place = emptied('sensitivity-figures');
  const whole_ = {title: 'Spearman with the unchanged ranking', range: [-0.05, 1.05]};
  const sizes = distinct(select(rows, {condition: 'sentences'}), 'at');
  addFigure(place, 'Number of sentences: the whole ranking', 'sensitivity-n', () =>
    curvesChart(sensitivityCurves(rows, 'sentences', 'spearman'), {title: 'Sentences', type: 'log', tickvals: sizes}, whole_));
  addFigure(place, 'Number of sentences: the top 100', 'sensitivity-n-top', () =>
    curvesChart(sensitivityCurves(rows, 'sentences', 'top_100_overlap'), {title: 'Sentences', type: 'log', tickvals: sizes},
      {title: 'Share of the top 100 kept', range: [-0.05, 1.05]}));
  for (const [condition, title, axis] of [['beta', 'β of the BI loss', 'Multiple of β'], ['lambda', 'Shrinkage λ of the agreement', 'λ']]) {
    addFigure(place, `${title}: ranking, and top 100 (dotted)`, `sensitivity-${condition}`, () => {
      const top = sensitivityCurves(rows, condition, 'top_100_overlap')
        .map((curve) => ({...curve, name: `${curve.name}, top 100`, line: {...scoreStyle(curve.score), dash: 'dot'}}));
      return curvesChart([...sensitivityCurves(rows, condition, 'spearman'), ...top], {title: axis}, {...whole_, title: 'Spearman, or share kept'});
    });
  }
  const pooled = select(rows, {condition: 'mean pooling'});
  byId('sensitivity-table').replaceChildren(dataTable('Mean pooling', ['Mean over tokens instead of the maximum', 'Spearman', 'Of the top 100, kept'],
    distinct(pooled, 'score').map((score) => [scoreName(score), fixed(select(pooled, {score, quantity: 'spearman'})[0]?.value, 3),
      percent(select(pooled, {score, quantity: 'top_100_overlap'})[0]?.value, 0)])));
}

function renderSensitivity() {
  byId('sensitivity-lead').textContent = `The ranking by each score, compared with the same ranking with fewer sentences (${whole(DATA.subsets)} random subsets each; `
    + 'features live in both), another β or λ, and the mean over tokens instead of the maximum. A flat curve near 1 means that the choice does not matter.';
  const rows = inSection('sensitivity');
  const update = () => renderSensitivityOf(select(rows, {run: run.value}));
  const [label, run] = choice('Run', RUNS.map(({name}) => [name, name]), update);
  byId('sensitivity-controls').replaceChildren(...(RUNS.length > 1 ? [label] : []));
  update();
}

function renderRounding() {
  const rows = inSection('rounding');
  if (!rows.length) {
    byId('rounding-lead').textContent = 'Not measured. A second run of the same sentences, extracted with --exact and given to isogloss validate '
      + 'as --against, shows how far the rounding of activations moves the scores.';
    return;
  }
  const [{run, other_run, variant}] = rows;
  const of = (wanted) => select(rows, wanted)[0]?.value;
  byId('rounding-lead').textContent = `${run} and ${other_run} are the same sentences, computed in another way (${variant ? `differing in ${variant}` : 'the settings are the same'}). `
    + `Of the pairs of feature and sentence in which the feature fires in either, ${percent(of({quantity: 'firings_changed'}), 1)} fire in one only; the maxima of the others `
    + `change by ${percent(of({quantity: 'median_change'}), 2)} (median). Features live in both. What a score differs by here is no property of the text, and smaller differences between features mean nothing.`;
  const tops = distinct(select(rows, {quantity: 'top_overlap'}), 'at').sort((a, b) => a - b);
  byId('rounding-table').replaceChildren(dataTable('Scores in another arithmetic',
    ['Score', 'Spearman', ...tops.map((k) => `Of the top ${k}, in both`), 'Difference: median', '95 %', 'Largest'],
    distinct(select(rows, {quantity: 'spearman'}), 'score').map((score) => [scoreName(score), fixed(of({score, quantity: 'spearman'}), 4),
      ...tops.map((at) => percent(of({score, quantity: 'top_overlap', at}), 0)),
      ...[0.5, 0.95, 1].map((at) => fixed(of({score, quantity: 'difference', at}), 4))])));
}

function renderHead() {
  const title = `How far the scores hold: ${RUNS.map((run) => run.name).join(', ')}`;
  document.title = `${title} – isogloss`;
  byId('title').replaceChildren(element('bdi', {}, title));
  byId('facts').replaceChildren(element('dl', {class: 'facts'},
    fact('Model', element('bdi', {}, RUNS[0].model)),
    fact('Sparse autoencoder', element('bdi', {}, RUNS[0].sae)),
    fact('Hook', element('code', {}, RUNS[0].hook)),
    fact('Languages', RUNS[0].languages.map(languageLabel).join(', ')),
    ...RUNS.map((run) => fact(run.name, element('bdi', {}, run.corpus), `: ${whole(run.sentences)} sentences, ${whole(run.alive)} of ${whole(run.features)} features live`)),
    fact('Seed', String(DATA.seed))));
  byId('footer').replaceChildren(element('p', {},
    `Made by isogloss ${DATA.version}. Charts drawn with plotly.js (MIT licence). `,
    'All numbers on this page are also in ', element('code', {}, 'validation.parquet'), '.'));
}

renderHead();
startCharts();
renderNull();
renderPlanted();
renderReliability();
renderRetrieval();
renderAgreement();
renderSensitivity();
renderRounding();
requestAnimationFrame(() => requestAnimationFrame(() => {
  document.documentElement.dataset.ready = '1';
}));
