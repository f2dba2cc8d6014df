import { readRetryAfter } from '../../../core/retry-after.ts';
import type { Delivery } from '../outbox.ts';
import type { Answer } from './channel.ts';

/** By status alone: 2xx took it; 408, 429 and 5xx may take it later; everything else never will. */
export function judgeHttp({ status, text, retryAfter }: Answer): Delivery {
  const code = status ?? 0;
  const answer = `HTTP ${code}${text === '' ? '' : `: ${text}`}`;
  if (code >= 200 && code < 300) return { outcome: 'taken', answer };
  if (code !== 408 && code !== 429 && code < 500) return { outcome: 'refused', answer };
  const retryAfterMs = readRetryAfter(retryAfter);
  return { outcome: 'later', answer, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
