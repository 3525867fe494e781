// Reads the evidence: from stored bytes to activations, from tokens to display segments, from
// segments to words.

// Activation by token position (from 1), as a share of the feature's maximum over all languages.
function sharesByPosition(evidence) {
  const bytes = atob(evidence.v);
  return new Map(evidence.p.map((position, i) => [position, bytes.charCodeAt(i) / 255]));
}

// Display segments of a sentence with the token positions each covers: [{text, first, last}].
function segmentsOf(sequence) {
  let next = 1;
  return sequence.t.map((text, i) => {
    const first = next;
    next += sequence.n ? sequence.n[i] : 1;
    return {text, first, last: next - 1};
  });
}

// Share of each segment: the largest over its tokens, null where none of them fires.
function segmentShares(segments, evidence) {
  const shares = sharesByPosition(evidence);
  return segments.map(({first, last}) => {
    let largest = null;
    for (let position = first; position <= last; position += 1) {
      const share = shares.get(position);
      if (share !== undefined && (largest === null || share > largest)) largest = share;
    }
    return largest;
  });
}

// Scripts written without spaces, in which words cannot be found by looking for spaces.
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const STARTS_IN_WORD = /^[\p{L}\p{M}\p{N}]/u;
const OUTER_PUNCTUATION = /^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu;

// The whole word that segment `at` is a piece of, or the segment itself.
function wordAround(segments, at) {
  const continues = (i) => STARTS_IN_WORD.test(segments[i].text) && !UNSPACED.test(segments[i].text);
  if (UNSPACED.test(segments[at].text)) return segments[at].text.trim();
  let first = at;
  while (first > 0 && continues(first)) first -= 1;
  let last = at;
  while (last + 1 < segments.length && continues(last + 1)) last += 1;
  const word = segments.slice(first, last + 1).map((segment) => segment.text).join('').trim();
  return word.replace(OUTER_PUNCTUATION, '') || word;
}

// The distinct words on which the feature peaks in its strongest sentences, strongest first.
function peakWords(feature, language, count) {
  const rows = evidenceOf(feature)?.[language] ?? [];
  const words = new Map();
  for (const row of rows.slice(0, 12)) {
    const segments = segmentsOf(DATA.sequences[row.s].in[language]);
    const shares = segmentShares(segments, row);
    let peak = -1;
    for (let i = 0; i < shares.length; i += 1) {
      if (shares[i] !== null && (peak < 0 || shares[i] > shares[peak])) peak = i;
    }
    if (peak < 0) continue;
    const word = wordAround(segments, peak);
    const key = word.toLocaleLowerCase();
    if (word && !words.has(key)) words.set(key, word);
    if (words.size === count) break;
  }
  return [...words.values()];
}

// Samples of a feature with their evidence in each language, strongest first by the mean over
// languages of activation relative to the feature's maximum there.
function pairedSamples(feature) {
  const evidence = evidenceOf(feature);
  const row = ROW_OF.get(feature);
  const samples = new Map();
  for (const language of LANGUAGES) {
    const maximum = COLUMNS[`max_${language}`][row];
    for (const item of evidence[language] ?? []) {
      if (!samples.has(item.s)) samples.set(item.s, {sample: item.s, strength: 0, rows: new Map()});
      const entry = samples.get(item.s);
      entry.rows.set(language, item);
      entry.strength += item.m / maximum / LANGUAGES.length;
    }
  }
  return [...samples.values()].sort((a, b) => b.strength - a.strength || a.sample - b.sample);
}

// The sentence with its active tokens shaded; `evidence` may be absent (nothing is shaded).
function shadedSentence(language, sequence, evidence, maximum) {
  const sentence = inLanguage('p', language);
  sentence.className = 'sentence';
  if (!evidence) {
    sentence.textContent = sequence.text;
    return sentence;
  }
  const segments = segmentsOf(sequence);
  const shares = segmentShares(segments, evidence);
  segments.forEach((segment, i) => {
    if (shares[i] === null) {
      sentence.append(segment.text);
      return;
    }
    const space = segment.text.match(/^\s*(?=\S)/)?.[0] ?? '';  // a blank before a word is not shaded
    const token = element('span', {
      class: 'token', 'data-token': segment.text, 'data-language': language,
      'data-tip': `activation ${quantity(shares[i] * maximum)} · ${percent(shares[i], 0)} of the feature’s maximum`,
    }, segment.text.slice(space.length));
    token.style.setProperty('--share', shares[i].toFixed(3));
    sentence.append(space, token);
  });
  return sentence;
}
