/** A step in a graph. */
export interface GraphNode {
  readonly id: string;
  readonly after: readonly string[];
}

/** Steps in an order in which each stands behind those it waits for; among equals that of the file. */
export function inOrder<T extends GraphNode>(nodes: readonly T[]): T[] {
  const left = [...nodes];
  const placed = new Set<string>();
  const ordered: T[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ after }) => after.every((id) => placed.has(id)));
    // A cycle would have been found before; its steps come last.
    const [node] = left.splice(Math.max(0, next), 1);
    if (!node) break;
    placed.add(node.id);
    ordered.push(node);
  }
  return ordered;
}

/** One line of a drawn graph; lines without a node join and part the ways between steps. */
export interface GraphLine<T> {
  readonly drawing: string;
  readonly node?: T;
}

/** Draws steps from the top down, each below those it waits for, a way from each to each that waits for it. */
export function drawGraph<T extends GraphNode>(nodes: readonly T[]): GraphLine<T>[] {
  const lines: GraphLine<T>[] = [];
  /** Ways under way, by column: the step each leads to. */
  const ways: (string | undefined)[] = [];
  for (const node of inOrder(nodes)) {
    const ends = ways.flatMap((to, column) => (to === node.id ? [column] : []));
    const column = ends[0] ?? freeColumn(ways, 0);
    ways[column] = node.id;
    for (const end of ends.slice(1).reverse()) {
      lines.push({ drawing: branch(ways, column, end, '╯') });
      ways[end] = undefined;
    }
    lines.push({ drawing: row(ways, column, '●'), node });
    ways[column] = undefined;
    const waiting = nodes.filter(({ after }) => after.includes(node.id));
    for (const [index, { id }] of waiting.entries()) {
      if (index === 0) {
        ways[column] = id;
        continue;
      }
      const end = freeColumn(ways, column + 1);
      ways[end] = id;
      lines.push({ drawing: branch(ways, column, end, '╮') });
    }
  }
  return lines.map((line) => ({ ...line, drawing: line.drawing.trimEnd() }));
}

function freeColumn(ways: readonly (string | undefined)[], from: number): number {
  for (let column = from; column < ways.length; column += 1) if (ways[column] === undefined) return column;
  return Math.max(from, ways.length);
}

function row(ways: readonly (string | undefined)[], column: number, sign: string): string {
  return ways.map((to, at) => (at === column ? sign : to === undefined ? ' ' : '│')).join(' ');
}

/** A way that leaves the one at `from`, or joins it, at the column `end`. */
function branch(ways: readonly (string | undefined)[], from: number, end: number, corner: '╮' | '╯'): string {
  let drawing = '';
  for (let column = 0; column < ways.length; column += 1) {
    const isWay = ways[column] !== undefined;
    const isInside = column > from && column < end;
    if (column === from) drawing += '├';
    else if (column === end) drawing += corner;
    else if (isInside) drawing += isWay ? '┼' : '─';
    else drawing += isWay ? '│' : ' ';
    drawing += column >= from && column < end ? '─' : ' ';
  }
  return drawing;
}

/** The same for Mermaid, which many pages draw. `label` is what stands in a step's box. */
export function mermaidGraph<T extends GraphNode>(
  nodes: readonly T[],
  label: (node: T) => readonly string[],
  isMarked: (node: T) => boolean,
): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `s${index}`]));
  const ordered = inOrder(nodes);
  const boxes = ordered.map(
    (node) => `  ${names.get(node.id)}["${label(node).map(escapeLabel).join('<br/>')}"]`,
  );
  const ways = ordered.flatMap(({ id, after }) =>
    after.map((from) => `  ${names.get(from)} --> ${names.get(id)}`),
  );
  const marked = ordered.filter(isMarked).map(({ id }) => names.get(id));
  const marks =
    marked.length === 0 ? [] : ['  classDef writes stroke-width:3px', `  class ${marked.join(',')} writes`];
  return ['flowchart TD', ...boxes, ...ways, ...marks].join('\n');
}

/** Codes of characters that would end a label or begin an element in it. */
function escapeLabel(text: string): string {
  return text.replaceAll(/["#<>&]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
