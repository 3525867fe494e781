// The head and foot of the page: what was run, on which inputs, and what a reader should know about
// it.

function selfCheckText(check) {
  const parts = [];
  if (isNumber(check.fvu)) parts.push(`unexplained variance ${fixed(check.fvu, 3)}`);
  if (isNumber(check.l0)) parts.push(`mean L0 ${fixed(check.l0, 1)}`);
  if (isNumber(check.dead_share)) parts.push(`silent features ${percent(check.dead_share)}`);
  return parts.length ? parts.join(' · ') : 'skipped';
}

function droppedText(dropped) {
  const names = {empty: 'empty', duplicate: 'duplicate', identical: 'identical in two languages', length_ratio: 'very unequal in length'};
  const parts = Object.entries(names).filter(([key]) => dropped[key] > 0)
    .map(([key, name]) => `${whole(dropped[key])} ${name}`);
  return parts.length ? parts.join(' · ') : 'none';
}

function chanceText() {
  const among = {plain: 'any two sentences', length: 'sentences of one decile of length', 'length-document': 'sentences of one decile of length and one document'};
  return `permutes ${among[SCORING.null_model]}: ${fixed(SCORING.effective_strata, 1)} effective strata`;
}

// The features that the permutations find, at the level they were computed for.
function discoveriesText() {
  if (!COLUMNS.q_agreement) return 'not tested: no permutations';
  const found = [...COLUMNS.feature.keys()].filter((row) => isNumber(COLUMNS.q_agreement[row]) && COLUMNS.q_agreement[row] <= SCORING.fdr_level);
  const plain = FLAGS.length ? `, ${whole(found.filter((row) => !isExplained(row)).length)} of them not explained by a flag` : '';
  return `${whole(found.length)} features with q ≤ ${SCORING.fdr_level}${plain}`;
}

function renderHeader() {
  document.title = `${RUN.title} – isogloss`;
  byId('kind').textContent = 'isogloss report';
  byId('title').replaceChildren(element('bdi', {}, RUN.title));
  const partly = RUN.n_features - RUN.n_alive - RUN.n_dead;
  byId('facts').replaceChildren(element('dl', {class: 'facts'},
    fact('Model', element('bdi', {}, RUN.model)),
    fact('Sparse autoencoder', element('bdi', {}, RUN.sae)),
    fact('Hook', element('code', {}, RUN.hook)),
    fact('Corpus', element('bdi', {}, RUN.corpus)),
    fact('Languages', LANGUAGES.map(languageLabel).join(', ')),
    fact('Sentences', `${whole(RUN.n_samples)} in each language · ${whole(RUN.n_tokens)} tokens`),
    fact('Features', `${whole(RUN.n_features)}: ${whole(RUN.n_alive)} live, ${whole(partly)} in some languages only, ${whole(RUN.n_dead)} dead`),
    fact('Chance', chanceText()),
    fact('Agreement beyond chance', discoveriesText()),
    fact('Rows dropped', droppedText(RUN.dropped)),
    fact('Self-check of the SAE', selfCheckText(RUN.self_check))));
  if (RUN.notices.length) {
    byId('facts').append(element('ul', {class: 'notices'},
      ...RUN.notices.map((notice) => element('li', {}, element('bdi', {}, notice)))));
  }
  byId('footer').replaceChildren(element('p', {},
    `Made by isogloss ${RUN.version}. Charts drawn with plotly.js (MIT licence). `,
    'In the same folder are the scores of all features (', element('code', {}, 'scores.parquet'), ', ', element('code', {}, 'scores.csv'),
    '), of all pairs of languages (', element('code', {}, 'pairs.parquet'), ', from which this page computes what languages share), the series (',
    element('code', {}, 'statistics.json'), ') and the tokens (', element('code', {}, 'activations'), ').'));
}
