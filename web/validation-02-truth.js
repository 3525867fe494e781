// The sections that need no second corpus: the null, planted features, reliability.

// Which sentences could be paired, if that was restricted.
function runAndVariant({run, variant}) {
  return variant ? `${run}, ${variant}` : run;
}

// The mean, with its distance from zero if the score is corrected for this kind of pairing.
function nullMean(row) {
  if (!row) return ABSENT;
  const stratified = /stratified|strict/.test(row.score);
  const corrected = DATA.chance_is_zero.includes(row.score) && stratified === isNumber(row.variant);
  if (!corrected || !row.sd) return fixed(row.value, 3);
  return `${fixed(row.value, 4)} (${fixed(row.value / row.sd * Math.sqrt(row.n_repetitions), 1)})`;
}

function renderNull() {
  byId('null-lead').textContent = `Each language's sentences were shuffled ${whole(DATA.permutations)} times, so that they are no longer translations of each other: among all `
    + 'sentences, and among those similar in length and document (“within strata”). A score corrected for chance then has mean zero; in brackets, its '
    + 'distance from zero in standard errors, which beyond 3 means a bias. Stratified κ is corrected for pairs within strata and so falls below zero among all; what plain scores keep within strata is length and topic, not translation.';
  const rows = inSection('null');
  const means = select(rows, {quantity: 'mean'});
  const variants = distinct(select(means, {condition: 'permuted'}), 'variant');
  const heads = RUNS.flatMap(({name}) => [`As translated, ${name}`, ...variants.map((variant) => `Permuted${variant ? ` ${variant}` : ''}, ${name}`)]);
  byId('null-means').replaceChildren(dataTable('Mean scores under the null', ['Score', ...heads],
    distinct(means, 'score').map((score) => [scoreName(score), ...RUNS.flatMap(({name}) => [
      fixed(select(means, {score, run: name, condition: 'as translated'})[0]?.value, 3),
      ...variants.map((variant) => nullMean(select(means, {score, run: name, condition: 'permuted', variant})[0]))])])));
  const pairings = select(rows, {quantity: 'largest_excess'});  // one of each p-value, run and variant
  addFigure(byId('null-figures'), 'Share of p-values up to a threshold, permuted: correct at or below the diagonal', 'null-p', () => {
    const curves = pairings.map(({score, run, variant}, index) => {
      const points = select(rows, {quantity: 'share_at_most', score, run, variant});
      return {score, name: `${scoreName(score)}, ${runAndVariant({run, variant})}`, x: points.map((row) => row.at), y: points.map((row) => row.value),
        line: {color: HUES[index % HUES.length], width: 1.75}};
    });
    const ends = [0.001, 0.5];
    curves.push({name: 'uniform', x: ends, y: ends, line: {color: colour('ink-soft'), dash: 'dot', width: 1}});
    return curvesChart(curves, {title: 'Threshold', type: 'log'}, {title: 'Share of p-values', type: 'log'});
  });
  byId('null-p').replaceChildren(dataTable('P-values under the null',
    ['p-value', 'Run', 'p ≤ .01', 'p ≤ .05', 'Largest excess', 'Found at 5 % FDR', 'Permutations with a find'],
    pairings.map(({score, run, variant, value: excess}) => {
      const of = (quantity_, at) => select(rows, {quantity: quantity_, score, run, variant, at})[0];
      return [scoreName(score), runAndVariant({run, variant}), percent(of('share_at_most', 0.01)?.value, 2), percent(of('share_at_most', 0.05)?.value, 2),
        fixed(excess, 4), fixed(of('discoveries', 0.05)?.value, 2), percent(of('any_discovery', 0.05)?.value, 0)];
    })));
}

function renderPlanted() {
  byId('planted-lead').textContent = 'Artificial features that two languages share, hidden among decoys that fire as often but independently, or '
    + 'densely. The area under the ROC curve is the chance that a planted feature scores above a decoy: 1 is perfect, .5 is guessing, below .5 '
    + 'prefers decoys. Average precision asks the same of the top of the list. All scores see the same rows.';
  const rows = inSection('planted');
  const kinds = ['all decoys of the grid', 'dense decoys'];
  const scores = distinct(rows, 'score');
  byId('planted-table').replaceChildren(dataTable('Planted features over the whole grid',
    ['Score', 'ROC area, decoys of all densities', 'Average precision', 'ROC area, dense decoys', 'Average precision'],
    scores.map((score) => [scoreName(score), ...kinds.flatMap((condition) => ['roc_auc', 'average_precision'].map((quantity_) =>
      fixed(select(rows, {score, condition, quantity: quantity_, density: null})[0]?.value, 3)))])));
  const cells = select(rows, {condition: 'decoys of equal density', quantity: 'roc_auc'});
  const update = () => renderPlantedMap(cells, score.value, Number(noise.value));
  const [scoreLabel, score] = choice('Score', scores.map((name) => [name, scoreName(name)]), update);
  const [noiseLabel, noise] = choice('Spurious firings', distinct(cells, 'noise').map((rate) => [rate, `${rate} × density`]), update);
  byId('planted-controls').replaceChildren(scoreLabel, noiseLabel);
  update();
}

function renderPlantedMap(cells, score, noise) {
  const place = emptied('planted-figures');
  for (const correlation of distinct(cells, 'correlation')) {
    const rows = select(cells, {score, noise, correlation});
    const densities = distinct(rows, 'density');
    const recalls = distinct(rows, 'recall');
    const strengths = correlation ? `strengths correlated (${correlation})` : 'strengths unrelated';
    addFigure(place, `ROC area against decoys of equal density, ${strengths}`, `planted-${correlation}`, () => {
      const z = recalls.map((recall) => densities.map((density) => select(rows, {recall, density})[0].value));
      const data = [{
        type: 'heatmap', x: densities.map(String), y: recalls.map(String), z, zmin: 0, zmax: 1, text: z.map((line) => line.map((value) => value.toFixed(2))),
        texttemplate: '%{text}', hovertemplate: 'density %{x}, recall %{y}: %{z:.3f}<extra></extra>', showscale: false,
        colorscale: [[0, '#b35806'], [0.5, '#f7f7f7'], [1, '#2f6f9f']],
      }];
      return {data, layout: chartLayout({title: 'Density in the first language', type: 'category'}, {title: 'Recall in the second', type: 'category'})};
    });
  }
}

function renderReliability() {
  byId('reliability-lead').textContent = `The sentences were cut into random halves ${whole(DATA.halves)} times and each half scored by itself; 2r/(1 + r) `
    + 'turns the correlation between halves into the reliability of the whole. Near 1, other sentences of the same kind give the same score; a low value means '
    + 'that the score is mostly noise at this number of sentences. The ± is the spread over halvings.';
  const rows = inSection('reliability');
  const heads = RUNS.flatMap((run) => [`Spearman, ${run.name}`, `Pearson, ${run.name}`]);
  byId('reliability-table').replaceChildren(dataTable('Split-half reliability', ['Score', ...heads],
    distinct(rows, 'score').map((score) => [scoreName(score), ...RUNS.flatMap((run) => ['spearman', 'pearson'].map((quantity_) =>
      withSpread(select(rows, {score, run: run.name, quantity: quantity_})[0])))])));
}
