/** What a permission lets a server do, as far as its name tells. */
export type ScopeKind = 'read' | 'write' | 'admin';

const ADMIN = /(^|[^a-z])(admin|administer|delete|destroy|manage|owner|billing|impersonat\w*|full)([^a-z]|$)/;
const READ =
  /(^|[^a-z])(read|readonly|view|viewer|list|search|get|history|metadata|profile|email|openid|offline|whoami)([^a-z]|$)/;
const HARMLESS = new Set(['openid', 'profile', 'email', 'offline_access', 'refresh_token']);

/**
 * Judges a scope by its words: vendors agree on no vocabulary, so what is not known to read only counts as writing.
 * `delete:page` and `admin:org` are administration, `read:org` and `channels:history` reading, `repo` writing.
 */
export function kindOfScope(scope: string): ScopeKind {
  const text = scope.toLowerCase();
  if (HARMLESS.has(text)) return 'read';
  const words = text.replaceAll(/[_.:/-]+/g, ' ');
  if (ADMIN.test(words)) return 'admin';
  return READ.test(words) && !/(^| )(write|edit|modify|create|update|send|post)( |$)/.test(words)
    ? 'read'
    : 'write';
}
