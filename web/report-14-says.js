// What others say a feature stands for; its tokens: those it promotes and suppresses and those on
// which it peaks; and how each
// pair of languages agrees on it.

function tokenList(label, tip, tokens, note) {
  return element('div', {}, element('dt', {}, element('span', {tabindex: '0', 'data-tip': tip}, label)),
    element('dd', {class: 'tokens'}, ...tokens.map(([token, value]) => element('span', {}, element('bdi', {class: 'piece'}, token), ' ', element('span', {class: 'soft'}, note(value))))));
}

function explanationRows(feature) {
  const tip = `Published on Neuronpedia for ${DATA.explanations.source}. A language model wrote it, from other texts.`;
  return (DATA.explanations.of[feature] ?? []).map(([description, model]) => element('div', {},
    element('dt', {}, element('span', {tabindex: '0', 'data-tip': tip}, model ? `Explained by ${model}` : 'Explained on Neuronpedia')),
    element('dd', {class: 'explanation'}, description)));
}

// ▁ stands for a space in every list.
function sayingSection(feature) {
  const lists = explanationRows(feature);
  for (const language of LANGUAGES) {
    const peaks = peaksOf(feature, language);
    if (peaks.length) {
      lists.push(tokenList(`Peaks on, ${languageName(language)}`, `The tokens that most often hold the feature’s maximum in ${languageName(language)} sentences, with their shares.`,
        peaks, (share) => percent(share, 0)));
    }
  }
  const said = DATA.vocabulary[feature];
  const effect = (value) => withMinus(`${value > 0 ? '+' : ''}${value.toFixed(2)}`);
  if (said) {
    lists.push(tokenList('Promotes', 'Tokens whose logit the feature’s direction raises most on the direct path to the output.', said.promoted, effect),
      tokenList('Suppresses', 'Tokens whose logit it lowers most.', said.suppressed, effect));
  }
  return lists.length ? [element('section', {}, element('h2', {}, 'What it says'), element('dl', {class: 'saying'}, ...lists))] : [];
}

function pairIndex(a, b) {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low * (2 * LANGUAGES.length - low - 1) / 2 + (high - low - 1);
}

function pairCell(feature, a, b) {
  if (a === b) return element('td', {class: 'self'});
  const kappa = DATA.pairs[feature][pairIndex(a, b)];
  const cell = element('td', {'data-tip': `${languageName(LANGUAGES[a])} and ${languageName(LANGUAGES[b])}: κ ${fixed(kappa, 3)}`}, isNumber(kappa) ? withMinus(kappa.toFixed(2)) : ABSENT);
  cell.style.setProperty('--share', Math.max(0, kappa ?? 0));
  return cell;
}

// κ of every pair of languages; for two languages it is the score itself.
function pairSection(feature) {
  if (!Object.hasOwn(DATA.pairs, feature)) return [];
  const places = [...LANGUAGES.keys()];
  const head = element('tr', {}, element('td'), ...LANGUAGES.map((language) => element('th', {scope: 'col'}, language)));
  const rows = places.map((a) => element('tr', {}, element('th', {scope: 'row'}, LANGUAGES[a]), ...places.map((b) => pairCell(feature, a, b))));
  return [element('section', {}, element('h2', {}, 'Pairs of languages'),
    element('p', {class: 'lead'}, 'κ of each pair, not shrunk. Empty: one of the two is silent.'),
    element('div', {class: 'scroll'}, element('table', {class: 'pairs'}, element('thead', {}, head), element('tbody', {}, ...rows))))];
}
