import type { Dialect } from './document.ts';

/** What mcpctl's own JSON files allow: whatever can be read without doubt. */
export const OWN_DIALECT: Dialect = {
  format: 'jsonc',
  allowComments: true,
  allowTrailingCommas: true,
  allowByteOrderMark: true,
};
