import { LAYER_ORDER } from '../../../src/calls/order.ts';
import { markdownTable, page } from './markdown.ts';

/** docs/reference/layers.md: the path of a tool call. */
export function layersPage(): string {
  return page('The layers of a tool call', 'src/calls/order.ts', [
    'Every `tools/call` that passes `mcpctl run` or `mcpctl gateway` goes through these, outermost first. Each attempt of `retry` goes through all that stand below it. [Rules for calls](../guides/policy-and-limits.md) tells how to set them.',
    markdownTable(
      ['layer', 'what it does', 'why it stands there'],
      LAYER_ORDER.map(({ name, does, because }) => [name, does, because]),
    ),
  ]);
}
