// One feature: its numbers, and the sentences and tokens behind them.

const SAMPLES_AT_FIRST = 8;

const PANEL_GROUPS = [
  ['Agreement', ['agreement_stratified', 'agreement_stratified_raw', 'p_agreement', 'q_agreement', 'p_agreement_max_t', 'n_eff',
    ...(LANGUAGES.length > 2 ? ['agreement_min', 'agreement_strict', 'n_languages_sharing'] : [])]],
  ['What κ is made of, and what limits it', ['overlap', 'overlap_expected_stratified', 'containment', 'agreement_attainable', 'noise_ceiling']],
  ['If any two sentences may be paired', ['agreement', 'agreement_raw', 'overlap_expected', 'cofire', 'p_cofire', 'q_cofire', 'p_cofire_stratified']],
  ['Bilingual interpretability', ['bi_rank', 'bi_loss', 'bi_loss_text']],
  ['Published measures', MEASURES.filter(({measure}) => measure).map(({key}) => key)],
];

function numberGroup([title, keys], row) {
  return element('section', {}, element('h3', {}, title), element('dl', {class: 'numbers'},
    ...keys.filter((key) => MEASURE.has(key)).map((key) => {
      const measure = MEASURE.get(key);
      return element('div', {},
        element('dt', {}, element('span', {tabindex: '0', 'data-tip': measure.tip}, measure.label)),
        element('dd', {}, measureText(key, row)));
    })));
}

function firingTable(row) {
  const head = element('tr', {}, ...['Language', 'Sentences', 'Share', 'Maximum']
    .map((label) => element('th', {scope: 'col'}, label)));
  const lines = LANGUAGES.map((language) => {
    const active = COLUMNS[`active_${language}`][row];
    return element('tr', {},
      element('th', {scope: 'row'}, languageLabel(language)),
      element('td', {}, whole(active)),
      element('td', {}, percent(active / RUN.n_samples)),
      element('td', {}, measureText(`max_${language}`, row)));
  });
  return element('section', {}, element('h3', {}, 'Firing'), element('div', {class: 'scroll'},
    element('table', {class: 'firing'}, element('thead', {}, head), element('tbody', {}, ...lines))));
}

// The note under a sentence that has no activations here: whether the feature is silent, or the
// sentence is not among those of its language whose activations this page holds.
function silenceText(language, row, evidence) {
  const held = evidence[language]?.length ?? 0;
  return held >= COLUMNS[`active_${language}`][row]
    ? 'silent' : `not among the ${held} strongest; its activations are not on this page`;
}

function languageCell(language, entry, row, evidence, maximum) {
  const item = entry.rows.get(language);
  const note = item ? `max ${quantity(item.m)}` : silenceText(language, row, evidence);
  return element('div', {class: 'rendering'},
    element('p', {class: 'tag'}, element('span', {}, languageName(language)), element('span', {}, note)),
    shadedSentence(language, DATA.sequences[entry.sample].in[language], item, maximum));
}

function sampleBlock(entry, row, evidence, maximum) {
  const {id} = DATA.sequences[entry.sample];
  return element('li', {class: 'sample'},
    element('p', {class: 'source'}, `Sample ${entry.sample}`, ...(id ? [' · ', element('bdi', {}, id)] : [])),
    element('div', {class: 'renderings'},
      ...LANGUAGES.map((language) => languageCell(language, entry, row, evidence, maximum))));
}

function sentenceSection(feature, row) {
  const evidence = evidenceOf(feature);
  const maximum = featureMaximum(row);
  const entries = pairedSamples(feature);
  const list = element('ol', {class: 'samples'});
  list.style.setProperty('--abreast', Math.ceil(LANGUAGES.length / Math.ceil(LANGUAGES.length / 4)));
  const append = (some) => list.append(...some.map((entry) => sampleBlock(entry, row, evidence, maximum)));
  append(entries.slice(0, SAMPLES_AT_FIRST));
  const section = element('section', {}, element('h2', {}, 'Strongest sentences'),
    element('p', {class: 'lead'}, 'Ordered by activation relative to the feature’s maximum in each language, averaged over languages. Shade: activation of the token, from ',
      element('span', {class: 'legend', 'aria-hidden': 'true'}), ` 0 to ${quantity(maximum)}, on one scale for all languages.`), list);
  const rest = entries.slice(SAMPLES_AT_FIRST);
  if (rest.length) {
    const more = element('button', {type: 'button', class: 'more'}, `Show ${whole(rest.length)} more`);
    more.addEventListener('click', () => {
      const next = list.children.length;
      append(rest);
      more.remove();
      list.children[next].setAttribute('tabindex', '-1');
      list.children[next].focus({preventScroll: true});
    });
    section.append(more);
  }
  return section;
}

function absentSection(feature) {
  return element('section', {}, element('h2', {}, 'Sentences'), element('p', {class: 'lead'},
    `This page holds the sentences of the ${whole(Object.keys(DATA.evidence).length)} best features; this is not one of them. `,
    'To see its sentences in the terminal, where DIR is the folder of this page:'),
    element('pre', {}, element('code', {}, `isogloss show ${feature} DIR`)));
}

// Neighbours in the table's present order, or by rank if the table leaves the feature out.
function neighbours(row) {
  const at = view.rows.indexOf(row);
  if (at >= 0) return {before: view.rows[at - 1], after: view.rows[at + 1], order: MEASURE.get(view.sort).label};
  const byRank = (wanted) => {
    const found = COLUMNS.rank.indexOf(wanted);
    return found < 0 ? undefined : found;
  };
  const own = COLUMNS.rank[row];
  return {before: byRank(own - 1), after: byRank(own + 1), order: MEASURE.get('rank').label};
}

function stepLink(label, key, row) {
  if (row === undefined) return element('span', {class: 'step', 'aria-disabled': 'true'}, label);
  return element('a', {class: 'step', href: `#feature=${COLUMNS.feature[row]}`, 'data-step': key, 'aria-keyshortcuts': key}, label);
}

function featureBar(feature, row) {
  const {before, after, order} = neighbours(row);
  const page = RUN.neuronpedia?.startsWith('https://') ? `${RUN.neuronpedia}/${feature}` : null;
  return element('nav', {class: 'bar-top', 'aria-label': 'Feature'},
    element('a', {href: '#features', class: 'back'}, 'All features'),
    element('span', {class: 'steps', 'data-tip': `In the order of the table: ${order}. Keys: ← and →`},
      stepLink('‹ Previous', 'ArrowLeft', before), stepLink('Next ›', 'ArrowRight', after)),
    ...(page ? [element('a', {href: page, rel: 'noopener noreferrer', target: '_blank', class: 'outside'}, 'Neuronpedia ↗')] : []));
}

function standing(row) {
  const place = `Rank ${measureText('rank', row)} of ${whole(N_ROWS)} by agreement`;
  const active = COLUMNS.n_languages_active[row];
  if (COLUMNS.alive[row]) return `${place} · live: fires in every language`;
  return active ? `${place} · fires in ${active} of ${LANGUAGES.length} languages` : `${place} · dead: fires in no language`;
}

function renderFeature(feature) {
  const panel = byId('feature');
  removeCharts(panel);
  const row = ROW_OF.get(feature);
  if (row === undefined) {
    panel.replaceChildren(element('nav', {class: 'bar-top'}, element('a', {href: '#features', class: 'back'}, 'All features')),
      element('h1', {tabindex: '-1'}, 'No such feature'),
      element('p', {class: 'lead'}, `This run has features ${COLUMNS.feature[0]} to ${COLUMNS.feature.at(-1)}.`));
    return;
  }
  const held = evidenceOf(feature) !== null;
  panel.replaceChildren(
    featureBar(feature, row),
    element('h1', {tabindex: '-1'}, `Feature ${feature}`),
    element('p', {class: 'caution'}, standing(row)),
    ...flagSection(row),
    ...sayingSection(feature),
    element('section', {}, element('h2', {}, 'Numbers'), element('div', {class: 'groups'},
      firingTable(row), ...PANEL_GROUPS.filter(([, keys]) => keys.some((key) => MEASURE.has(key))).map((group) => numberGroup(group, row)))),
    ...pairSection(feature),
    held ? sentenceSection(feature, row) : absentSection(feature));
  if (held) {
    panel.append(element('section', {}, element('h2', {}, 'Activation by token'),
      element('p', {class: 'lead'}, `First ${HEAT_TOKENS} tokens of the strongest sentences of each language, strongest first; empty beyond a sentence’s end. Position 1 is the first token after the beginning-of-sequence token.`),
      element('div', {class: 'figures'}, ...heatFigures(feature))));
  }
}
