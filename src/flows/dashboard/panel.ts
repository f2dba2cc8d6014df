/** A panel as data; `grafana.ts` knows how Grafana wants it. */
export interface Panel {
  readonly kind: 'stat' | 'lines' | 'table' | 'heatmap' | 'states';
  readonly title: string;
  readonly description: string;
  readonly unit: 'short' | 'reqps' | 's' | 'bytes' | 'percentunit';
  /** Of 24. */
  readonly width: number;
  /** Expression of PromQL and legend. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  /** Red from this value on. */
  readonly badFrom?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}
