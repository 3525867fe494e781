// The measures: how each column of the scores is named, explained, ordered and written.
// `core` columns stand in the table from the start; `best` says which end a first sort shows.

function scoreColumns() {
  return [
    {key: 'agreement_rank', label: 'Rank', core: true, best: 'low', format: rank,
      tip: 'Place in the order by κ score, then by signed κ, then by feature. Counted from 1 here, from 0 in scores.csv.'},
    {key: 'feature', label: 'Feature', core: true, best: 'low', format: (value) => String(value),
      tip: 'Index of the feature in the sparse autoencoder, from 0.'},
    {key: 'agreement', label: 'κ score', core: true, best: 'high', bar: true, format: (value) => fixed(value, 3),
      tip: `Agreement beyond chance: 1 when the languages spread their activation over the same sentences in the same proportions, 0 at chance. Mean of the signed κ over language pairs, multiplied by n_eff / (n_eff + ${RUN.shrinkage_lambda}) so that a few sentences cannot lead the list, and never below 0.`},
    {key: 'agreement_raw', label: 'Signed κ', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'κ = (M − E) / (1 − E), mean over language pairs, before shrinkage and clipping. Below 0: less overlap than random pairing would give. Empty where it is undefined.'},
    {key: 'overlap', label: 'Overlap M', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'Share of the activation mass that lies on the same sentences in both languages: the sum over sentences of the smaller of the two shares.'},
    {key: 'overlap_expected', label: 'Chance E', core: false, best: 'low', format: (value) => fixed(value, 3),
      tip: 'The overlap to expect if the sentences of one language were paired at random with those of the other.'},
    {key: 'n_eff', label: 'Effective n', core: true, best: 'high', format: (value) => fixed(value, 1),
      tip: 'Number of sentences that effectively carry the activation, (Σx)² / Σx², harmonic mean over languages. Small: the score rests on few sentences.'},
    {key: 'cofire', label: 'Co-firing', core: true, best: 'high', format: whole,
      tip: 'Number of sentences on which the feature fires in every language.'},
    {key: 'p_cofire', label: 'p co-firing', core: false, best: 'low', format: probability,
      tip: 'Probability of at least as many co-firing sentences if the languages fired independently (hypergeometric; with more than two languages the smallest over pairs times the number of pairs). It tests that firings coincide, not how strongly.'},
    {key: 'q_cofire', label: 'q co-firing', core: true, best: 'low', format: probability,
      tip: 'The p-value adjusted for testing every live feature: the false discovery rate at which this feature would still be reported (Benjamini–Hochberg).'},
    {key: 'bi_rank', label: 'BI rank', core: true, best: 'low', format: rank,
      tip: 'Place in the order by BI loss, smallest first; live features only. Counted from 1 here, from 0 in scores.csv.'},
    {key: 'bi_loss', label: 'BI loss', core: false, best: 'low', format: (value) => quantity(value, 4),
      tip: 'Bilingual interpretability loss, smaller is better, in the form of the code that made the published table (gomez2024).'},
    {key: 'bi_loss_text', label: 'BI loss, text', core: false, best: 'low', format: (value) => quantity(value, 4),
      tip: 'Bilingual interpretability loss in the form the publication’s text describes (gomez2024-text). It favours rare features where the code form favours dense ones.'},
    {key: 'alive', label: 'Live', core: false, best: 'high', format: (value) => (value ? 'yes' : 'no'),
      tip: 'Live: fires on at least one sentence in every language. Only live features have a BI loss.'},
    {key: 'n_languages_active', label: 'Languages', core: LANGUAGES.length > 2, best: 'high', format: whole,
      tip: 'Number of languages in which the feature fires on at least one sentence. 0: dead.'},
  ];
}

function languageColumns() {
  const firing = LANGUAGES.map((language) => (
    {key: `active_${language}`, label: `Fires ${language}`, core: LANGUAGES.length <= 4, best: 'high', format: whole,
      tip: `Number of ${languageName(language)} sentences, of ${whole(RUN.n_samples)}, on which the feature fires.`}));
  const maxima = LANGUAGES.map((language) => (
    {key: `max_${language}`, label: `Max ${language}`, core: false, best: 'high', format: (value) => quantity(value),
      tip: `Largest activation of the feature on any token of the ${languageName(language)} sentences.`}));
  return [...firing, ...maxima];
}

const MEASURES = [...scoreColumns(), ...languageColumns()];
const MEASURE = new Map(MEASURES.map((measure) => [measure.key, measure]));

function measureText(key, row) {
  return MEASURE.get(key).format(COLUMNS[key][row]);
}

function renderMeasureList() {
  byId('measure-list').replaceChildren(...scoreColumns().map((measure) => element('div', {},
    element('dt', {}, measure.label, ' ', element('code', {}, measure.key)),
    element('dd', {}, measure.tip))));
}
