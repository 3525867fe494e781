// Flags: what a high score may be instead of meaning, as short labels and as sentences.

// The numbers behind each flag, by its column.
const FLAG_NUMBERS = {
  flag_shared_tokens: ['agreement_raw', 'agreement_unshared', 'shared_mass'],
  flag_length: ['length_correlation', 'agreement_raw', 'agreement_length'],
  flag_position: ['edge_share'],
  flag_punctuation: ['punctuation_share'],
  flag_dense: ['density', 'overlap_expected', 'overlap_expected_stratified'],
  flag_support: ['n_eff', 'cofire'],
  flag_one_token: ['top_token_share'],
  flag_language: ['language_share'],
};

function flagChip(flag, row) {
  const meaning = `${flag.meaning[0].toUpperCase()}${flag.meaning.slice(1)}${flagDetail(flag, row)}.`;
  return element('span', {class: flag.explains ? 'flag explains' : 'flag', 'data-flag': flag.name, tabindex: '0', 'data-tip': meaning}, flag.word);
}

function flagChips(row) {
  return flagsOf(row).map((flag) => flagChip(flag, row));
}

// Every flag of a feature spelled out, with the numbers that raised it.
function flagSection(row) {
  if (!FLAGS.length) return [];
  const lines = flagsOf(row).map((flag) => {
    const numbers = FLAG_NUMBERS[flag.name].filter((key) => COLUMNS[key])
      .map((key) => `${MEASURE.get(key).label} ${measureText(key, row)}`).join(' · ');
    return element('li', {}, flagChip(flag, row), ` ${flag.meaning}${flagDetail(flag, row)}. `, element('span', {class: 'soft'}, numbers));
  });
  const none = element('p', {class: 'soft'}, 'None: no simpler account of the agreement was found.');
  return [element('section', {}, element('h2', {}, 'Flags'), lines.length ? element('ul', {class: 'flag-list'}, ...lines) : none)];
}

// What the table can be restricted to by flags: [group, [[key, label, keeps]…]].
function flagFilters() {
  const raised = (flag, row) => COLUMNS[flag.name][row] === 1;
  return [
    [null, [
      ['any', 'Any or none', () => true],
      ['unexplained', 'Not explained by a flag', (row) => !isExplained(row)],
      ['none', 'No flags at all', (row) => COLUMNS.flags[row] === 0],
    ]],
    ['Hide', FLAGS.map((flag) => [`hide:${flag.name}`, `Not: ${flag.word}`, (row) => !raised(flag, row)])],
    ['Only', FLAGS.map((flag) => [`only:${flag.name}`, `Only: ${flag.word}`, (row) => raised(flag, row)])],
  ];
}
