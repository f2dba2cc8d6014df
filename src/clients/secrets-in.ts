import { isRecord } from '../core/json.ts';
import { findLiteralSecret } from '../core/secret-patterns.ts';

/** The secrets among the strings of a file that also occur in `shown`, which is what is about to be printed. */
export function secretsIn(value: unknown, shown: string): string[] {
  const found: string[] = [];
  const walk = (item: unknown, key: string): void => {
    if (typeof item === 'string') {
      // The search is far cheaper than the judgement, and a client's file may be huge.
      if (occurs(item, shown) && findLiteralSecret(key, item)) found.push(item);
    } else if (Array.isArray(item)) {
      // An option's value follows its name: ["--api-key", "…"].
      for (const [index, child] of item.entries()) walk(child, optionBefore(item, index) ?? key);
    } else if (isRecord(item)) {
      for (const [name, child] of Object.entries(item)) walk(child, name);
    }
  };
  walk(value, '');
  return found;
}

function occurs(text: string, shown: string): boolean {
  return text.length >= 4 && (shown.includes(text) || shown.includes(JSON.stringify(text).slice(1, -1)));
}

function optionBefore(items: readonly unknown[], index: number): string | undefined {
  const before = items[index - 1];
  return typeof before === 'string' && before.startsWith('-') ? before : undefined;
}
