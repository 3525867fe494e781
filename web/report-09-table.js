// The table of features: controls above, sortable columns, a page of rows at a time.

const PEAK_WORDS = 3;
const WORDS_AFTER = FLAGS.length ? 'flags' : 'cofire';

// With more languages than this, the words of the first three are shown; with all columns, of all.
const MAX_WORD_COLUMNS = 4;

function wordLanguages() {
  return view.allColumns || LANGUAGES.length <= MAX_WORD_COLUMNS ? LANGUAGES : LANGUAGES.slice(0, 3);
}

function shownMeasures() {
  return MEASURES.filter((measure) => measure.core || view.allColumns || measure.key === view.sort);
}

// The cells of the measures, with the words inserted after the score that they explain.
function withWords(measures, cell, words) {
  return measures.flatMap((measure) => (measure.key === WORDS_AFTER ? [cell(measure), ...words] : [cell(measure)]));
}

function headerCell(measure) {
  const sorted = view.sort === measure.key;
  const direction = view.descending ? 'descending' : 'ascending';
  const arrow = sorted ? (view.descending ? ' ↓' : ' ↑') : '';
  return element('th', {scope: 'col', class: `c-${measure.key}`, 'aria-sort': sorted ? direction : null},
    element('button', {type: 'button', 'data-sort': measure.key, 'data-tip': measure.tip},
      measure.label, element('span', {'aria-hidden': 'true'}, arrow)));
}

function tableHead() {
  const words = wordLanguages().map((language) => element('th', {scope: 'col', class: 'words'},
    element('span', {tabindex: '0', 'data-tip': `Words on which the feature peaks in its strongest ${languageName(language)} sentences, strongest first. Only for features with sentences on this page.`},
      `Peaks on (${language})`)));
  return element('thead', {}, element('tr', {}, ...withWords(shownMeasures(), headerCell, words)));
}

function bodyCell(measure, row) {
  const text = measureText(measure.key, row);
  if (measure.key === 'feature') {
    return element('th', {scope: 'row', class: 'c-feature'}, element('a', {href: `#feature=${text}`}, text));
  }
  if (measure.key === 'flags') return element('td', {class: 'c-flags'}, ...flagChips(row));
  const cell = element('td', {class: `c-${measure.key}`}, text);
  if (measure.bar) {
    cell.classList.add('bar');
    cell.style.setProperty('--share', COLUMNS[measure.key][row]);
  }
  return cell;
}

function wordsCell(feature, language) {
  const cell = element('td', {class: 'words'});
  peakWords(feature, language, PEAK_WORDS).forEach((word, i) => {
    cell.append(...(i ? [' · '] : []), inLanguage('bdi', language, word));
  });
  return cell;
}

function bodyRow(row, measures) {
  const feature = COLUMNS.feature[row];
  return element('tr', {class: COLUMNS.alive[row] ? null : 'silent'},
    ...withWords(measures, (measure) => bodyCell(measure, row), wordLanguages().map((language) => wordsCell(feature, language))));
}

function tableBody() {
  const measures = shownMeasures();
  const first = view.page * view.pageSize;
  const rows = view.rows.slice(first, first + view.pageSize);
  if (rows.length === 0) {
    const span = measures.length + wordLanguages().length;
    return element('tbody', {}, element('tr', {}, element('td', {colspan: span, class: 'none'},
      'No feature matches. Text is searched only in the sentences on this page; a number is read as a feature’s index.')));
  }
  return element('tbody', {}, ...rows.map((row) => bodyRow(row, measures)));
}

// Where it leads nowhere it is marked, not disabled, so that it keeps the keyboard's focus.
function pagerButton(label, name, page, idle) {
  return element('button', {type: 'button', 'data-page': page, 'aria-disabled': idle ? 'true' : null, 'aria-label': name}, label);
}

function renderPager() {
  const last = pageCount() - 1;
  const {page} = view;
  const first = view.rows.length ? page * view.pageSize + 1 : 0;
  const end = Math.min((page + 1) * view.pageSize, view.rows.length);
  byId('pager').replaceChildren(
    pagerButton('«', 'First page', 0, page === 0),
    pagerButton('‹', 'Previous page', page - 1, page === 0),
    element('span', {role: 'status'}, `${whole(first)}–${whole(end)} of ${whole(view.rows.length)}`),
    pagerButton('›', 'Next page', page + 1, page === last),
    pagerButton('»', 'Last page', last, page === last));
}

function renderTable() {
  byId('table').replaceChildren(tableHead(), tableBody());
  renderPager();
}

function renderControls() {
  const search = element('input', {type: 'search', id: 'query', autocomplete: 'off', spellcheck: 'false',
    placeholder: 'Index, or text in a sentence'});
  const filter = element('select', {id: 'filter'},
    ...FILTERS.map(({key, label}) => element('option', {value: key}, label)));
  const option = ([key, label]) => element('option', {value: key}, label);
  const flags = element('select', {id: 'flags'}, ...FLAG_FILTERS.flatMap(([group, entries]) => (
    group ? [element('optgroup', {label: group}, ...entries.map(option))] : entries.map(option))));
  const counts = LANGUAGES.slice(1).map((_, i) => i + 2);
  const sharing = element('select', {id: 'sharing'}, option([0, 'any number']), ...counts.map((count) => option([count, `${count} or more`])));
  const size = element('select', {id: 'page-size'},
    ...[25, 50, 100, 500].map((count) => element('option', {value: count, selected: count === view.pageSize}, String(count))));
  const columns = element('input', {type: 'checkbox', id: 'all-columns'});
  byId('controls').replaceChildren(
    element('label', {}, 'Search ', search), element('label', {}, 'Show ', filter),
    ...(FLAGS.length ? [element('label', {}, 'Flags ', flags)] : []), element('label', {}, 'Shared by ', sharing),
    element('label', {}, 'Rows ', size), element('label', {class: 'check'}, columns, ' All columns'));
  const change = (apply) => () => {
    apply();
    view.page = 0;
    updateView();
    renderTable();
  };
  let pause = 0;
  search.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(change(() => { view.query = search.value; }), 150);
  });
  filter.addEventListener('change', change(() => { view.filter = filter.value; }));
  flags.addEventListener('change', change(() => { view.flags = flags.value; }));
  sharing.addEventListener('change', change(() => { view.sharing = Number(sharing.value); }));
  size.addEventListener('change', change(() => { view.pageSize = Number(size.value); }));
  columns.addEventListener('change', change(() => { view.allColumns = columns.checked; }));
  byId('controls').addEventListener('submit', (event) => event.preventDefault());
}

// Up and down move between rows; Enter on the index opens the feature, as a link does.
function moveBetweenRows(event) {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  const row = event.target.closest('tbody tr');
  if (!step || !row) return;
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  const link = next?.querySelector('a');
  if (!link) return;
  event.preventDefault();
  link.focus();
}

// How far down the order a reader must go to find features that no flag explains.
function renderFeaturesLead() {
  const words = FLAGS.filter((flag) => flag.explains).map((flag) => flag.word);
  byId('features-lead').textContent = FLAGS.length
    ? `Ranked by agreement κ beyond chance. Flags name what else may explain it: of the first hundred, ${whole(rankedFirst(100).filter(isExplained).length)} are explained by one (${words.join(', ')}).`
    : 'Ranked by agreement κ beyond chance.';
}

function rankedFirst(count) {
  return [...COLUMNS.feature.keys()].filter((row) => COLUMNS.rank[row] < count);
}

function startTable() {
  renderFeaturesLead();
  updateView();
  renderControls();
  renderTable();
  const table = byId('table');
  table.addEventListener('click', (event) => {
    const {sort} = event.target.closest('button')?.dataset ?? {};
    if (sort) {
      sortBy(sort);
      renderTable();
      table.querySelector(`[data-sort="${CSS.escape(sort)}"]`).focus();
      return;
    }
    const link = event.target.closest('tbody tr')?.querySelector('a');
    const selecting = getSelection().type === 'Range';
    if (link && event.target !== link && !selecting) link.click();
  });
  table.addEventListener('keydown', moveBetweenRows);
  byId('pager').addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    goToPage(Number(button.dataset.page));
    const name = button.getAttribute('aria-label');
    renderTable();
    byId('pager').querySelector(`[aria-label="${name}"]`).focus({preventScroll: true});
    byId('table-frame').scrollTop = 0;
  });
}
