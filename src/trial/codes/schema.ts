import type { CheckFacts } from './check-facts.ts';

/** How a server describes what it offers, and whether that is true. */
export const SCHEMA_CHECKS = {
  'tool-names': {
    severity: 'error',
    title: 'names tools as every client takes them',
    remedy: 'Use A-Z, a-z, 0-9, _ and - (the protocol also allows dots), 1 to 64 of them.',
  },
  'tool-names-unique': {
    severity: 'error',
    title: 'has no two tools of one name',
    remedy: 'Rename one of them; names that differ by case only are the same to some clients.',
  },
  'tool-name-length': {
    severity: 'warning',
    title: 'keeps names short enough for the prefix clients add',
    remedy:
      'Shorten the tool or the server: mcp__<server>__<tool> may have 64 characters, <server>+<tool> 60 in Cursor.',
  },
  'tools-described': {
    severity: 'error',
    title: 'describes every tool',
    remedy: 'Say in a sentence or two what the tool does and when to use it.',
  },
  'parameters-described': {
    severity: 'warning',
    title: 'describes every parameter',
    remedy: 'Give each property a description; an enum or a const speaks for itself.',
  },
  'input-schema-object': {
    severity: 'error',
    title: 'has an input schema of type object for every tool',
    remedy: 'Set inputSchema to {"type": "object", …}, also for tools without arguments.',
  },
  'schemas-valid': {
    severity: 'error',
    title: 'has valid JSON Schema 2020-12',
    remedy: 'Correct the keyword the message names.',
  },
  'schemas-portable': {
    severity: 'warning',
    title: 'keeps to schemas every client takes',
    remedy:
      'Leave out anyOf, oneOf, allOf, enum and not at the top of inputSchema, and references to other documents.',
  },
  'required-known': {
    severity: 'error',
    title: 'requires only parameters it describes',
    remedy: 'Add the property, or take it out of required.',
  },
  'list-size': {
    severity: 'warning',
    title: 'leaves the model room for work',
    remedy: 'Shorten descriptions and schemas, or offer fewer tools: every request carries all of them.',
  },
  'annotations-present': {
    severity: 'warning',
    title: 'says of every tool whether it changes anything',
    remedy: 'Set readOnlyHint, and destructiveHint where it is false: without them clients expect the worst.',
  },
  'annotations-consistent': {
    severity: 'error',
    title: 'has annotations that do not contradict themselves',
    remedy: 'A tool with readOnlyHint true cannot have destructiveHint true; hints are true or false.',
  },
  'read-only-name': {
    severity: 'error',
    title: 'marks no tool read-only that is named for a change',
    remedy: 'Set readOnlyHint to false, or rename the tool.',
  },
  'read-only-honest': {
    severity: 'error',
    title: 'changes nothing when a read-only tool is called',
    remedy: 'Set readOnlyHint to false for the tool.',
  },
  'results-valid': {
    severity: 'error',
    title: 'answers calls with valid content',
    remedy: 'Give content as a list of items with a known type and the members that type needs.',
  },
  'output-conforms': {
    severity: 'error',
    title: 'answers with what its output schemas promise',
    remedy: 'Return structuredContent that fits outputSchema, or correct the schema.',
  },
  'prompts-described': {
    severity: 'warning',
    title: 'describes every prompt and its arguments',
    remedy: 'Give prompts and their arguments a name and a description.',
  },
  'resources-described': {
    severity: 'error',
    title: 'lists resources with a valid uri and a name, none twice',
    remedy: 'Give each resource an absolute uri of its own and a name.',
  },
} as const satisfies Record<string, CheckFacts>;
