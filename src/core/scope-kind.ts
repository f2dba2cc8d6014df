/** How far a permission reaches, as far as its name tells. */
export type ScopeKind = 'read' | 'write' | 'admin';

const ADMIN =
  /admin|owner|manage|billing|delete|destroy|secret|credential|security|audit|member|sudo|superuser|\*/;
const READ =
  /(?:^|[^a-z])(?:read|readonly|view|viewer|list|get|search|history|openid|profile|email|offline_access|me)(?:$|[^a-z])/;
const WRITE = /writ|creat|updat|edit|modif|post|send|upload|publish|comment|rw\b|full|all/;

/** Vendors agree on no vocabulary, so what says nothing of itself is taken to write. */
export function kindOfScope(scope: string): ScopeKind {
  const words = scope
    .replace(/^https?:\/\/[^/]+\//, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  const isRead = READ.test(words) && !WRITE.test(words);
  if (ADMIN.test(words)) return isRead && !/delete|destroy|\*/.test(words) ? 'read' : 'admin';
  return isRead ? 'read' : 'write';
}
