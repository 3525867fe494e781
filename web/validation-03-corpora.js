// The sections that need a second corpus: retrieval and the similarity of rankings.

function splitNote() {
  return RUNS.length === 1 ? ' Only one run was given: its random halves stand in for two corpora, so topics are the same in both. ' : ' ';
}

function renderRetrieval() {
  byId('retrieval-lead').textContent = 'Features are chosen, or weighted, by their score in one corpus; in the other, a sentence is the vector of its '
    + 'features’ maxima. The numbers are the share of sentences whose translation is the nearest by cosine, both ways (MEXA; ties fail). '
    + 'A score is useful if its features find more translations than equally dense ones drawn at random, and than all features unweighted.'
    + splitNote() + 'It measures consistency, not meaning. A click in a legend shows or hides a score.';
  const rows = inSection('retrieval');
  const directions = distinct(rows.map((row) => ({pair: JSON.stringify([row.run, row.other_run])})), 'pair');
  const update = () => {
    const [run, other_run] = JSON.parse(direction.value);
    renderRetrievalOf(select(rows, {run, other_run, languages: languages.value}));
  };
  const named = directions.map((pair) => [pair, JSON.parse(pair).join(' → ')]);
  const [directionLabel, direction] = choice('Scores of → tried on', named, update);
  const [languagesLabel, languages] = choice('Languages', distinct(rows, 'languages').map((pair) => [pair, pair]), update);
  byId('retrieval-controls').replaceChildren(directionLabel, languagesLabel);
  if (rows.length) update();
}

function renderRetrievalOf(rows) {
  const variants = distinct(rows, 'variant');
  const scores = distinct(rows, 'score').filter(isNumber);
  const value = (score, condition, variant) => fixed(select(rows, {score, condition, variant})[0]?.value, 3);
  const heads = variants.flatMap((variant) => ['All, weighted by the score', 'All, weighted by rank'].map((head) => (variant ? `${head}, ${variant}` : head)));
  const all = ['every feature equally', ...variants.flatMap((variant) => [value(null, 'unweighted', variant), ABSENT])];
  byId('retrieval-table').replaceChildren(dataTable('Retrieval with all features', ['Score', ...heads], [all,
    ...scores.map((score) => [scoreName(score),
      ...variants.flatMap((variant) => ['weighted', 'rank-weighted'].map((condition) => value(score, condition, variant)))])]));
  const place = emptied('retrieval-figures');
  for (const variant of variants) {
    const of = (score, condition) => {
      const points = select(rows, {score, condition, variant});
      return {score, x: points.map((row) => row.at), y: points.map((row) => row.value), sd: points.map((row) => row.sd)};
    };
    addFigure(place, `The best k features by each score${variant ? `, ${variant}` : ''}`, 'retrieval-top', () => {
      const curves = scores.map((score) => ({...of(score, 'top'), name: scoreName(score)}));
      curves.push({...of(null, 'densest'), name: 'densest', line: {color: colour('ink-soft'), dash: 'dot', width: 1.5}});
      return curvesChart(curves, {title: 'Features (k)', type: 'log', tickvals: [16, 32, 64, 128, 256, 512, 1024]}, {title: 'Share retrieved', rangemode: 'tozero'});
    });
    addFigure(place, `Random features as dense as those${variant ? `, ${variant}` : ''}`, 'retrieval-random', () =>
      curvesChart(scores.map((score) => ({...of(score, 'random'), name: `as ${scoreName(score)}`})),
        {title: 'Features (k)', type: 'log', tickvals: [16, 32, 64, 128, 256, 512, 1024]}, {title: 'Share retrieved', rangemode: 'tozero'}));
  }
}

function renderAgreement() {
  byId('agreement-lead').textContent = 'How similarly a score ranks the features that are live in both corpora. A low value says that the score describes the corpus '
    + 'as much as the feature.' + splitNote();
  const rows = inSection('agreement');
  const tops = distinct(rows.filter((row) => isNumber(row.at)), 'at').sort((a, b) => a - b);
  const pairs = distinct(rows.map((row) => ({pair: JSON.stringify([row.run, row.other_run])})), 'pair');
  byId('agreement-table').replaceChildren(dataTable('Rank agreement between corpora',
    ['Score', 'Corpora', 'Spearman', ...tops.map((k) => `Of the top ${k}, in both`)],
    distinct(rows, 'score').flatMap((score) => pairs.map((pair) => {
      const [run, other_run] = JSON.parse(pair);
      const of = (wanted) => select(rows, {score, run, other_run, ...wanted})[0]?.value;
      return [scoreName(score), `${run}, ${other_run}`, fixed(of({quantity: 'spearman'}), 3),
        ...tops.map((k) => percent(of({quantity: 'top_overlap', at: k}), 0))];
    }))));
}
