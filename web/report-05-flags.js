// Flags: what may explain a high score other than meaning, as short labels and as sentences.

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
    const numbers = flag.numbers.split(' ').filter((key) => COLUMNS[key])
      .map((key) => `${MEASURE.get(key).label} ${measureText(key, row)}`).join(' · ');
    return element('li', {}, flagChip(flag, row), ` ${flag.meaning}${flagDetail(flag, row)}. `, element('span', {class: 'soft'}, numbers));
  });
  const none = element('p', {class: 'soft'}, 'None: no simpler account of the agreement was found.');
  return [element('section', {}, element('h2', {}, 'Flags'), lines.length ? element('ul', {class: 'flag-list'}, ...lines) : none)];
}

// The restrictions of the table by flags: [group, [[key, label, keeps]…]].
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
