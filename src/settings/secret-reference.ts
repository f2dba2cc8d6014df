import { z } from 'zod';
import { parseReferences } from '../core/reference.ts';

/** A value that is somewhere else as a whole: whoever reads the file learns nothing. */
export const secret = (what: string, name: string) =>
  z
    .string()
    .refine(isReference, {
      error: `must be a reference, so that no file has the ${what}: mcpctl secret set ${name} keeps it, \${keychain:${name}} refers to it`,
    })
    .describe(`The ${what}, as a reference such as \${keychain:${name}} or \${${name}}`);

function isReference(value: string): boolean {
  const [only, ...more] = parseReferences(value);
  return (
    more.length === 0 && (only?.kind === 'scheme' || (only?.kind === 'name' && only.fallback === undefined))
  );
}
