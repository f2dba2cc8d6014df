const CHANGES = new Set([
  'add',
  'append',
  'approve',
  'cancel',
  'clear',
  'create',
  'delete',
  'deploy',
  'destroy',
  'disable',
  'drop',
  'edit',
  'enable',
  'erase',
  'insert',
  'kill',
  'modify',
  'move',
  'patch',
  'pay',
  'publish',
  'purge',
  'put',
  'remove',
  'rename',
  'replace',
  'reset',
  'restart',
  'revoke',
  'rm',
  'save',
  'send',
  'set',
  'submit',
  'terminate',
  'transfer',
  'truncate',
  'uninstall',
  'unlink',
  'update',
  'upload',
  'upsert',
  'wipe',
  'write',
]);

/** True for a name whose first word is something that changes: `delete_item`, `deleteItem`, `items.delete`. */
export function isNamedForChange(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const isNamespaced = /[./]/.test(name);
  return CHANGES.has(words[0] ?? '') || (isNamespaced && CHANGES.has(words.at(-1) ?? ''));
}
