// The page's data, and what all parts of all pages share: number formats and DOM helpers.
// The files page-*.js, then those of one page, are joined in the order of their names into one
// strict script.

const DATA = JSON.parse(document.getElementById('data').textContent);
const ABSENT = '–';

// Makes an element. Attributes that are null, undefined or false are left out; strings among
// the children become text nodes, so that no data is ever read as markup.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

// Text in a language, with its direction isolated from its surroundings.
function inLanguage(tag, language, ...children) {
  return element(tag, {lang: language, dir: 'auto'}, ...children);
}

const languageNames = new Intl.DisplayNames(['en'], {type: 'language', fallback: 'code'});

// "Spanish" for "es"; a code that is not a BCP 47 tag is shown as it is.
function languageName(code) {
  try {
    return languageNames.of(code.replaceAll('_', '-'));
  } catch {
    return code;
  }
}

function languageLabel(code) {
  const name = languageName(code);
  return name === code ? code : `${name} (${code})`;
}

function isNumber(value) {
  return value !== null && value !== undefined;
}

const wholeFormat = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});

function withMinus(text) {
  return text.replace('-', '−');
}

function whole(value) {
  return isNumber(value) ? withMinus(wholeFormat.format(value)) : ABSENT;
}

function fixed(value, digits) {
  return isNumber(value) ? withMinus(value.toFixed(digits)) : ABSENT;
}

function percent(share, digits = 1) {
  return isNumber(share) ? `${(100 * share).toFixed(digits)} %` : ABSENT;
}

const SUPERSCRIPT = {'-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹'};

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits).split('e');
  const power = [...exponent.replace('+', '')].map((sign) => SUPERSCRIPT[sign]).join('');
  return withMinus(`${mantissa} × 10${power}`);
}

// A quantity of unknown scale, to `digits` significant digits.
function quantity(value, digits = 3) {
  if (!isNumber(value)) return ABSENT;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return scientific(value, digits - 1);
  if (size >= 10 ** (digits - 1)) return whole(value);
  return withMinus(value.toPrecision(digits));
}

// A p- or q-value. Zero can only mean that the true value is below the smallest double.
function probability(value) {
  if (!isNumber(value)) return ABSENT;
  if (value === 0) return '< 10⁻³²³';
  return value < 1e-3 ? scientific(value, 1) : value.toFixed(3);
}

// A term and its description, for a list of facts.
function fact(label, ...value) {
  return element('div', {}, element('dt', {}, label), element('dd', {}, ...value));
}
