// The charts of the whole run: activation series by group, and the distribution of the scores.

const QUANTILE_COLOURS = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5'];

// The lines of one group; quantiles run from light to dark in their order, and the mean is dashed.
function seriesTraces(lines) {
  let quantile = 0;
  return lines.map((line) => {
    const isMean = line.name === 'mean';
    const name = `${line.name}=${isNumber(line.value) ? line.value.toFixed(2) : 'none'}`;
    return {
      type: 'scatter', mode: 'lines', name,
      x: line.ranks, y: line.shares.map((share) => 100 * share),
      line: {
        width: 1.75, dash: isMean ? 'dash' : 'solid',
        color: colour(isMean ? 'ink' : QUANTILE_COLOURS[quantile++ % QUANTILE_COLOURS.length]),
      },
      hovertemplate: `rank %{x:,}: %{y:.2f} %<extra>${plotlyText(name)}</extra>`,
    };
  });
}

function seriesChart(lines, highest) {
  return {
    data: seriesTraces(lines),
    layout: chartLayout(
      {title: 'Ordered SAE Features', type: 'log', dtick: 1, tickformat: ',d'},
      {title: 'Percentage of Activating Samples', range: [0, highest], rangemode: 'tozero'},
      {legend: {
        title: {text: 'Activation Threshold', font: {size: 11}}, font: {size: 11},
        x: 1, xanchor: 'right', y: 1, yanchor: 'top', bgcolor: colour('veil'),
      }}),
  };
}

function renderSeries() {
  const groups = ['global', ...LANGUAGES];
  const highest = 103 * Math.max(...groups.flatMap((group) => DATA.series[group])
    .map((line) => line.shares.reduce((a, b) => Math.max(a, b), 0)));
  byId('series-figures').classList.toggle('many', groups.length > 5);
  byId('series-figures').replaceChildren(...groups.map((group) => {
    const label = group === 'global' ? 'All languages pooled' : languageLabel(group);
    const [outer, node] = figure([label], `activation-series-${group}`);
    addChart(node, `Activation series, ${label}: percentage of activating samples against ordered features, one line per threshold`,
      () => seriesChart(DATA.series[group], highest));
    return outer;
  }));
}

// Counts of values in `count` equal bins over [low, high]; the last bin holds its upper end.
function histogram(values, low, high, count) {
  const width = (high - low) / count || 1;
  const bins = new Array(count).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    bins[Math.min(count - 1, Math.floor((value - low) / width))] += 1;
  }
  return {bins, width, centres: bins.map((_, bin) => low + (bin + 0.5) * width)};
}

function histogramTrace(values, low, high, count, name, look) {
  const {bins, width, centres} = histogram(values, low, high, count);
  return {
    type: 'bar', name, x: centres, y: bins, width, ...look,
    customdata: centres.map((centre) => [quantity(centre - width / 2), quantity(centre + width / 2)]),
    hovertemplate: `%{customdata[0]} to %{customdata[1]}: %{y:,} features<extra>${name}</extra>`,
  };
}

// Counts on a log axis that starts just below 1, so that a single feature shows.
function histogramLayout(title, traces, rest) {
  const highest = Math.max(1, ...traces.flatMap((trace) => trace.y));
  const yaxis = {title: 'Features (log scale)', type: 'log', dtick: 1, tickformat: ',d', range: [Math.log10(0.6), Math.log10(1.5 * highest)]};
  return chartLayout({title}, yaxis, {barmode: 'overlay', bargap: 0, ...rest});
}

function agreementChart(rows) {
  const signed = rows.map((row) => COLUMNS.agreement_stratified_raw?.[row]).filter(isNumber);
  const score = rows.map((row) => COLUMNS.agreement_stratified[row]);
  const low = Math.min(0, Math.floor(50 * signed.reduce((a, b) => Math.min(a, b), 0)) / 50);
  const bins = Math.round((1 - low) * 50);
  const clear = {color: 'rgba(0,0,0,0)', line: {color: colour('ink'), width: 1}};
  const data = [
    histogramTrace(score, low, 1, bins, 'κ score', {marker: {color: colour('accent'), line: {width: 0}}}),
    histogramTrace(signed, low, 1, bins, 'κ, signed', {marker: clear}),
  ];
  return {
    data,
    layout: histogramLayout('Agreement κ within strata', data, {
      legend: {x: 1, xanchor: 'right', y: 1, yanchor: 'top', bgcolor: colour('veil')},
    }),
  };
}

// The range that holds all but the outermost 0.5 % at either end, with a tenth to spare.
function centralRange(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const spare = 0.1 * (at(0.995) - at(0.005));
  return [Math.max(sorted[0], at(0.005) - spare), Math.min(sorted.at(-1), at(0.995) + spare)];
}

function renderScores() {
  const live = [...COLUMNS.alive.keys()].filter((row) => COLUMNS.alive[row]);
  const figures = [];
  const [outer, node] = figure(['Agreement ', element('i', {}, 'κ')], 'agreement');
  addChart(node, 'Histogram of agreement over live features: score and signed κ', () => agreementChart(live));
  figures.push(outer);
  for (const [key, name] of [['bi_loss', 'BI loss, code form (gomez2024)'], ['bi_loss_text', 'BI loss, text form (gomez2024-text)']]) {
    const values = live.map((row) => COLUMNS[key]?.[row]).filter(isNumber);
    if (values.length === 0) continue;
    const [low, high] = centralRange(values);
    const outside = values.filter((value) => value < low || value > high).length;
    const title = `BI loss${outside ? ` (${whole(outside)} outliers not drawn)` : ' (smaller is better)'}`;
    const [biOuter, biNode] = figure([name], key);
    addChart(biNode, `Histogram of ${name} over live features`, () => {
      const data = [histogramTrace(values, low, high, 60, 'BI loss', {marker: {color: colour('accent'), line: {width: 0}}})];
      return {data, layout: histogramLayout(title, data, {showlegend: false})};
    });
    figures.push(biOuter);
  }
  byId('score-figures').replaceChildren(...figures);
}
