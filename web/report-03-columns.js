// The measures: how each column of the scores is named, explained, ordered and written.
// `core` columns stand in the table from the start; `best` says which end a first sort shows.

const NULL_WORDS = {
  plain: 'any other sentence',
  length: 'sentences of a like length',
  'length-document': 'sentences of a like length and, where the corpus names documents, of the same document',
};

function intervalText(value, row) {
  const low = COLUMNS.agreement_low?.[row];
  if (!isNumber(low)) return fixed(value, 3);
  return `${fixed(value, 3)} (${fixed(low, 2)} to ${fixed(COLUMNS.agreement_high[row], 2)})`;
}

function stratifiedColumns() {
  const correction = SCORING.fdr === 'by' ? 'Benjamini–Yekutieli' : 'Benjamini–Hochberg';
  return [
    {key: 'rank', label: 'Rank', core: true, best: 'low', format: rank,
      tip: 'Place in the order by κ score, then by κ, then by feature. Counted from 1 here, from 0 in scores.csv.'},
    {key: 'feature', label: 'Feature', core: true, best: 'low', format: (value) => String(value),
      tip: 'Index of the feature in the sparse autoencoder, from 0.'},
    {key: 'agreement_stratified', label: 'κ score', core: true, best: 'high', bar: true, format: (value) => fixed(value, 3),
      tip: `Agreement beyond chance, where chance pairs a sentence with ${NULL_WORDS[SCORING.null_model]}: 1 when the languages spread their activation over the same sentences in the same proportions, 0 at chance. Mean of κ over language pairs, times n_eff / (n_eff + ${SCORING.shrinkage_lambda}) so that a few sentences cannot lead the list, never below 0.`},
    {key: 'agreement_stratified_raw', label: 'κ (95 % interval)', core: true, best: 'high', format: intervalText,
      tip: `κ itself, signed, before support shrinks it, and its 95 % bootstrap interval over ${SCORING.intervals_over}; no interval where a language that fires does so on fewer than five.`},
    {key: 'agreement_low', label: 'κ at least', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'The lower end of the interval of κ. With very many sentences every feature is significant: then sort by this.'},
    {key: 'q_agreement', label: 'q', core: true, best: 'low', format: probability,
      tip: `p of κ adjusted for asking it of every feature: the false discovery rate at which this feature would still be reported (${correction}).`},
    {key: 'cofire', label: 'Co-firing', core: true, best: 'high', format: whole,
      tip: 'Number of sentences on which the feature fires in every language.'},
    {key: 'n_languages_sharing', label: 'Shared by', core: LANGUAGES.length > 2, best: 'high', format: whole,
      tip: `Number of languages that share the feature with some other: κ score of the pair at least ${DATA.languages.threshold}.`},
    {key: 'flags', label: 'Flags', core: true, best: 'low', format: whole,
      tip: 'What the agreement may be instead of meaning. A filled label explains the agreement by itself; an outlined one only describes the feature.'},
    {key: 'p_agreement', label: 'p', core: false, best: 'low', format: probability,
      tip: `Permutation p-value of κ: how often sentences re-paired with ${NULL_WORDS[SCORING.null_model]} reach it. At most ${whole(SCORING.max_permutations)} permutations, fewer once the answer is clear.`},
    {key: 'p_agreement_max_t', label: 'p, max-T', core: false, best: 'low', format: probability,
      tip: `p of κ adjusted for all features together, by the largest statistic of each of ${whole(SCORING.max_t_permutations)} shared permutations.`},
    {key: 'n_permutations', label: 'Permutations', core: false, best: 'high', format: whole,
      tip: 'How many permutations p rests on.'},
    {key: 'n_eff', label: 'Effective n', core: false, best: 'high', format: (value) => fixed(value, 1),
      tip: 'Number of sentences that effectively carry the activation, (Σx)² / Σx², harmonic mean over languages. Small: the score rests on few sentences.'},
    {key: 'agreement_min', label: 'Weakest pair', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'The smallest κ over pairs of languages.'},
    {key: 'agreement_strict', label: 'All at once', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'κ of all languages at once: only activation that every language puts on the same sentence counts.'},
    {key: 'overlap_strict', label: 'M of all', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'Share of the activation mass that all languages put on the same sentences.'},
    {key: 'overlap_expected_strict', label: 'E of all', core: false, best: 'low', format: (value) => fixed(value, 3),
      tip: `What of it to expect of sentences re-paired with ${NULL_WORDS[SCORING.null_model]}; “All at once” is (M − E) / (1 − E) of these.`},
    {key: 'agreement_attainable', label: 'Attainable plain κ', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'The largest plain κ that these activations could reach were the sentences paired at best: unequal density keeps it below 1.'},
    {key: 'containment', label: 'Containment', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'Of the language that fires on fewer sentences, the share of them on which the other fires too; mean over pairs.'},
    {key: 'overlap', label: 'Overlap M', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'Share of the activation mass that lies on the same sentences in both languages: the sum over sentences of the smaller of the two shares.'},
    {key: 'overlap_expected_stratified', label: 'Chance E', core: false, best: 'low', format: (value) => fixed(value, 3),
      tip: `The overlap to expect of sentences re-paired with ${NULL_WORDS[SCORING.null_model]}; κ = (M − E) / (1 − E).`},
  ];
}

function plainColumns() {
  return [
    {key: 'agreement', label: 'Plain κ score', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'The score if any two sentences may be paired: sentence length and document can raise it.'},
    {key: 'agreement_raw', label: 'Plain κ', core: false, best: 'high', format: (value) => fixed(value, 3),
      tip: 'κ if any two sentences may be paired, signed.'},
    {key: 'agreement_rank', label: 'Plain rank', core: false, best: 'low', format: rank,
      tip: 'Place in the order by the plain κ score.'},
    {key: 'overlap_expected', label: 'Plain chance E', core: false, best: 'low', format: (value) => fixed(value, 3),
      tip: 'The overlap to expect if any two sentences may be paired.'},
    {key: 'p_cofire', label: 'p co-firing', core: false, best: 'low', format: probability,
      tip: 'Probability of at least as many co-firing sentences if the languages fired independently (hypergeometric; with more than two languages the smallest over pairs times the number of pairs). It tests that firings coincide, not how strongly.'},
    {key: 'q_cofire', label: 'q co-firing', core: false, best: 'low', format: probability,
      tip: 'p co-firing adjusted for testing every live feature.'},
    {key: 'p_cofire_stratified', label: 'p co-firing, strata', core: false, best: 'low', format: probability,
      tip: 'The same probability when sentences are re-paired within strata.'},
    {key: 'bi_rank', label: 'BI rank', core: false, best: 'low', format: rank,
      tip: 'Place in the order by BI loss, smallest first; live features only. Counted from 1 here, from 0 in scores.csv.'},
    {key: 'bi_loss', label: 'BI loss', core: false, best: 'low', format: (value) => quantity(value, 4),
      tip: 'Bilingual interpretability loss, smaller is better, in the form of the code that made the published table (gomez2024).'},
    {key: 'bi_loss_text', label: 'BI loss, text', core: false, best: 'low', format: (value) => quantity(value, 4),
      tip: 'Bilingual interpretability loss in the form the publication’s text describes (gomez2024-text). It favours rare features where the code form favours dense ones.'},
    {key: 'alive', label: 'Live', core: false, best: 'high', format: (value) => (value ? 'yes' : 'no'),
      tip: 'Live: fires on at least one sentence in every language. Only live features have a BI loss.'},
    {key: 'n_languages_active', label: 'Languages', core: false, best: 'high', format: whole,
      tip: 'Number of languages in which the feature fires on at least one sentence. 0: dead.'},
  ];
}

// What the flags are raised by.
function artefactColumns() {
  const share = (value) => percent(value, 0);
  const column = (key, label, best, format, tip) => ({key, label, core: false, best, format, tip});
  return [
    column('shared_mass', 'On shared words', 'low', share, 'Share of the activation on words that stand in the partner sentence too: names, numbers, code.'),
    column('agreement_unshared', 'κ without them', 'high', (value) => fixed(value, 3), 'Plain κ of the activation outside shared words.'),
    column('noise_ceiling', 'Half to half', 'high', (value) => fixed(value, 3), 'Plain κ between the even and the odd tokens of a sentence in one language: what two looks at the same sentence agree on.'),
    column('agreement_length', 'κ at like length', 'high', (value) => fixed(value, 3), 'κ among sentences of a like length, documents aside.'),
    column('length_correlation', 'With length', 'low', (value) => fixed(value, 2), 'Correlation of the activation with the number of tokens of the sentence.'),
    column('punctuation_share', 'On punctuation', 'low', share, 'Share of peaks on punctuation, symbols, numbers and spaces.'),
    column('edge_share', 'At the edges', 'low', share, 'Share of peaks in the first or last tenth of the sentence.'),
    column('density', 'Density', 'low', share, 'Share of sentences that fire, in the language where most do.'),
    column('top_token_share', 'On one token', 'low', share, 'Share of the activation on the single token that has most, in the language where that is largest.'),
    column('language_share', 'In one language', 'low', share, 'Share of one language in the firing rates of all.'),
  ];
}

function publishedColumns() {
  return RUN.measures.flatMap(({name, description, source, high_is_shared: high}) => {
    const column = (key, label, tip) => ({key, label, core: false, best: high ? 'high' : 'low', format: (value) => quantity(value), tip});
    const tip = `${description[0].toUpperCase()}${description.slice(1)}. ${source}.`;
    const own = column(name, name, tip);
    return name === 'nu' ? [own, ...LANGUAGES.map((language) => column(`nu_${language}`, `nu ${language}`, `${languageName(language)}: ${tip}`))] : [own];
  });
}

function languageColumns() {
  const firing = LANGUAGES.map((language) => (
    {key: `active_${language}`, label: `Fires ${language}`, core: false, best: 'high', format: whole,
      tip: `Number of ${languageName(language)} sentences, of ${whole(RUN.n_samples)}, on which the feature fires.`}));
  const maxima = LANGUAGES.map((language) => (
    {key: `max_${language}`, label: `Max ${language}`, core: false, best: 'high', format: (value) => quantity(value),
      tip: `Largest activation of the feature on any token of the ${languageName(language)} sentences.`}));
  return [...firing, ...maxima];
}

function scoreColumns() {
  return [...stratifiedColumns(), ...plainColumns(), ...artefactColumns(), ...publishedColumns()].filter(({key}) => COLUMNS[key]);
}

const MEASURES = [...scoreColumns(), ...languageColumns()];
const MEASURE = new Map(MEASURES.map((measure) => [measure.key, measure]));

function measureText(key, row) {
  return MEASURE.get(key).format(COLUMNS[key][row], row);
}

function renderMeasureList() {
  byId('measure-list').replaceChildren(...scoreColumns().map((measure) => element('div', {},
    element('dt', {}, measure.label, ' ', element('code', {}, measure.key)),
    element('dd', {}, measure.tip))));
}
