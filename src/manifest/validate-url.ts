import { parseReferences } from '../core/reference.ts';
import type { DocumentPath } from '../documents/document.ts';
import type { Report } from './problem.ts';

/** Reports what is wrong with the URL of a remote entry; references in it count as some text. */
export function reportUrl(
  url: string,
  entry: Readonly<Record<string, unknown>>,
  report: Report,
  path: DocumentPath,
): void {
  const at = [...path, 'url'];
  const segments = parseReferences(url);
  // A whole URL behind a reference can only be judged when it is resolved.
  if (segments[0]?.kind !== 'text') return;
  const text = segments.map((segment) => (segment.kind === 'text' ? segment.text : 'reference')).join('');
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (!parsed || !hasScheme) {
    report.add({
      code: hasScheme ? 'URL_INVALID' : 'URL_NO_SCHEME',
      severity: 'error',
      message: hasScheme ? 'the URL cannot be parsed' : 'the URL does not say how to reach the server',
      hint: hasScheme ? 'Write it as https://host/path' : 'Put https:// before it.',
      path: at,
    });
    return;
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    report.add({
      code: 'URL_SCHEME',
      severity: 'error',
      message: `${parsed.protocol}// is not a transport mcpctl speaks`,
      hint: 'MCP servers on the net are reached over https://',
      path: at,
    });
    return;
  }
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname)) {
    report.add({
      code: 'URL_NOT_ENCRYPTED',
      severity: 'warning',
      message: 'the URL is http:// on another machine: tokens would travel in clear',
      hint: 'Use https://',
      path: at,
    });
  }
  if (entry.type === 'sse' || /\/sse\/?$/.test(parsed.pathname)) {
    report.add({
      code: 'TRANSPORT_DEPRECATED',
      severity: 'warning',
      message: 'the URL is of the older SSE transport, which some clients no longer speak',
      hint: 'Most vendors serve the newer transport at …/mcp: see mcpctl info <server>',
      path: at,
    });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');
}
