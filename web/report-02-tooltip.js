// One tooltip for the whole page: shown while the pointer or the keyboard is on an element with
// data-tip (plain text) and, above it, data-token (a token of the text, in data-language).

const tooltip = byId('tooltip');
let tooltipOwner = null;

function showTooltip(owner) {
  tooltipOwner = owner;
  const lines = [];
  if (owner.dataset.token !== undefined) {
    const token = inLanguage('bdi', owner.dataset.language, visibleToken(owner.dataset.token));
    lines.push(element('div', {class: 'tip-token'}, token));
  }
  lines.push(element('div', {}, owner.dataset.tip));
  tooltip.replaceChildren(...lines);
  tooltip.hidden = false;
  owner.setAttribute('aria-describedby', 'tooltip');
  placeTooltip(owner);
}

// Below the element's first line, or above it where the window ends.
function placeTooltip(owner) {
  const margin = 8;
  const line = owner.getClientRects()[0] ?? owner.getBoundingClientRect();
  const box = tooltip.getBoundingClientRect();
  const left = Math.min(line.left, innerWidth - box.width - margin);
  const below = line.bottom + margin;
  const top = below + box.height > innerHeight ? line.top - box.height - margin : below;
  tooltip.style.left = `${Math.max(margin, left)}px`;
  tooltip.style.top = `${Math.max(margin, top)}px`;
}

function hideTooltip() {
  if (tooltipOwner) tooltipOwner.removeAttribute('aria-describedby');
  tooltipOwner = null;
  tooltip.hidden = true;
}

// Makes white space visible in tokens such as " cat" or a line end.
function visibleToken(token) {
  return token.replaceAll('\n', '↵').replaceAll('\t', '⇥').replace(/ /g, '␣');
}

function startTooltips() {
  const follow = (event) => {
    const owner = event.target.closest?.('[data-tip]');
    if (owner === tooltipOwner) return;
    hideTooltip();
    if (owner) showTooltip(owner);
  };
  document.addEventListener('pointerover', follow);
  document.addEventListener('focusin', follow);
  document.addEventListener('focusout', hideTooltip);
  document.addEventListener('scroll', hideTooltip, {capture: true, passive: true});
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hideTooltip();
  });
}
