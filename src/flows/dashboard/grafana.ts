import type { Json, JsonObject } from '../../core/json.ts';
import type { Panel, Row } from './panel.ts';

/** Format of dashboards that Grafana 10 and later read as it is. */
const SCHEMA_VERSION = 39;
const COLUMNS = 24;
const HEIGHT = { stat: 4, lines: 8, table: 8, heatmap: 8, states: 8 } as const;
const TYPE = {
  stat: 'stat',
  lines: 'timeseries',
  table: 'table',
  heatmap: 'heatmap',
  states: 'state-timeline',
} as const satisfies Record<Panel['kind'], string>;
/** The Prometheus that is chosen above the dashboard. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** A dashboard for Grafana, by the rows given. */
export function grafanaDashboard(rows: readonly Row[]): JsonObject {
  return {
    uid: 'mcpctl',
    title: 'mcpctl',
    description: 'MCP servers, calls of tools and what mcpctl does for them.',
    tags: ['mcp', 'mcpctl'],
    editable: true,
    graphTooltip: 1,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: '',
    annotations: { list: [firing()] },
    templating: { list: variables() },
    panels: placed(rows),
  };
}

/** Alerts of Prometheus as lines over every graph. */
function firing(): JsonObject {
  return {
    name: 'Alerts',
    datasource: DATASOURCE,
    enable: true,
    iconColor: 'red',
    expr: 'ALERTS{alertstate="firing",job="mcpctl"}',
    titleFormat: '{{alertname}} {{mcpctl_server}}',
  };
}

function variables(): JsonObject[] {
  const query = 'label_values(mcpctl_server_state, mcpctl_server)';
  return [
    { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
    {
      name: 'server',
      label: 'Server',
      type: 'query',
      datasource: DATASOURCE,
      query: { query, refId: 'servers' },
      definition: query,
      refresh: 2,
      sort: 1,
      multi: true,
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
    },
  ];
}

/** Rows from top to bottom, panels from left to right. */
function placed(rows: readonly Row[]): JsonObject[] {
  const panels: JsonObject[] = [];
  let y = 0;
  const add = (panel: JsonObject): void => void panels.push({ id: panels.length + 1, ...panel });
  for (const { title, panels: own } of rows) {
    add({ type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of own) {
      if (x + panel.width > COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      const h = HEIGHT[panel.kind];
      add({ ...shown(panel), gridPos: { x, y, w: panel.width, h } });
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return panels;
}

function shown(panel: Panel): JsonObject {
  const { kind, title, description, unit, queries, badFrom } = panel;
  const isTable = kind === 'table';
  const steps: Json[] = [{ color: 'green', value: null }];
  if (badFrom !== undefined) steps.push({ color: 'red', value: badFrom });
  return {
    type: TYPE[kind],
    title,
    description,
    datasource: DATASOURCE,
    targets: queries.map(([expr, legend], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend === '' ? '__auto' : legend,
      ...(isTable ? { format: 'table', instant: true } : { range: true }),
      ...(kind === 'heatmap' && { format: 'heatmap' }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'lines' && { custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' }, min: 0 }),
      },
      overrides: [],
    },
    options: OPTIONS[kind],
    ...(isTable && {
      transformations: [
        { id: 'organize', options: { excludeByName: { Time: true, job: true, instance: true } } },
      ],
    }),
  };
}

const OPTIONS: Readonly<Record<Panel['kind'], JsonObject>> = {
  stat: { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'area' },
  lines: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  table: { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] },
  heatmap: { calculate: false, yAxis: { unit: 's' }, color: { mode: 'scheme', scheme: 'Blues' } },
  states: { mergeValues: true, showValue: 'never', rowHeight: 0.8 },
};
