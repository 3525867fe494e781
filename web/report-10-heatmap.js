// The heat map of one feature in one language: its strongest sentences by token position.

const HEAT_TOKENS = 70;
const HEAT_SAMPLES = 40;

// Values and tokens of the first HEAT_TOKENS positions. Beyond a sentence's end the value is
// null, which leaves the cell empty; a token on which the feature is silent has 0.
function heatRow(sequence, evidence, maximum, width) {
  const values = new Array(width).fill(null);
  const tokens = new Array(width).fill('');
  const segments = segmentsOf(sequence);
  const shares = segmentShares(segments, evidence);
  segments.forEach(({text, first, last}, i) => {
    for (let position = first; position <= Math.min(last, width); position += 1) {
      values[position - 1] = (shares[i] ?? 0) * maximum;
      tokens[position - 1] = plotlyText(visibleToken(text));
    }
  });
  return {values, tokens};
}

function heatScale() {
  return [[0, colour('heat-0')], [0.25, colour('heat-1')], [0.5, colour('heat-2')], [0.75, colour('heat-3')], [1, colour('heat-4')]];
}

function heatChart(rows, language, maximum) {
  const lengths = rows.map((row) => segmentsOf(DATA.sequences[row.s].in[language]).at(-1)?.last ?? 0);
  const width = Math.min(HEAT_TOKENS, Math.max(1, ...lengths));
  const cells = rows.map((row) => heatRow(DATA.sequences[row.s].in[language], row, maximum, width));
  const places = rows.map((_, i) => i);
  return {
    data: [{
      type: 'heatmap', x: Array.from({length: width}, (_, i) => i + 1), y: places,
      z: cells.map((cell) => cell.values), text: cells.map((cell) => cell.tokens),
      customdata: rows.map((row) => new Array(width).fill(row.s)),
      zmin: 0, zmax: maximum || 1, xgap: 1, ygap: 1, colorscale: heatScale(), hoverongaps: false,
      colorbar: {thickness: 8, outlinewidth: 0, title: {text: 'Activation', side: 'right', font: {size: 11}}, tickfont: {size: 10}},
      hovertemplate: '<b>%{text}</b><br>activation %{z:.3~g}<br>token %{x} of sample %{customdata}<extra></extra>',
    }],
    layout: chartLayout(
      {title: 'Token position', showgrid: false, zeroline: false, range: [0.5, width + 0.5], dtick: 10, tick0: 10},
      {title: 'Sample', showgrid: false, zeroline: false, range: [rows.length - 0.5, -0.5],
        tickvals: places, ticktext: rows.map((row) => String(row.s)), tickfont: {size: 9}, ticks: ''},
      {margin: {l: 48, r: 8, t: 28, b: 40}}),
  };
}

// One figure per language in which the feature has evidence, in the order of the languages.
function heatFigures(feature) {
  const evidence = evidenceOf(feature);
  const maximum = featureMaximum(ROW_OF.get(feature));
  return LANGUAGES.filter((language) => evidence[language]?.length).map((language) => {
    const rows = evidence[language].slice(0, HEAT_SAMPLES);
    const [outer, node] = figure([languageLabel(language)], `feature-${feature}-${language}`);
    node.style.height = `${Math.max(190, 12 * rows.length + 110)}px`;
    addChart(node, `Heat map of feature ${feature}, ${languageName(language)}: activation by sample and token position`,
      () => heatChart(rows, language, maximum));
    return outer;
  });
}
