import type { Random } from './random.ts';

const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '/*',
    '*/',
    '//',
    '#',
    '\n',
    '\r\n',
    '\t',
    '=',
    '- ',
    '&a ',
    '*a',
  ],
  ...[
    'null',
    'true',
    '0',
    '1e999',
    '__proto__',
    '"__proto__": {},',
    '\u0000',
    '\uFEFF',
    '\u2028',
    '${',
    '"""',
  ],
  ...['[[x]]\n', '<<<<<<< HEAD\n', '{"a":{"a":'.repeat(40), '['.repeat(5000), '\ud800'],
];

/** One to three random injuries, as crashes, editors, merges and people cause them. The bytes may be no UTF-8. */
export function corrupt(text: string, random: Random): Buffer {
  let bytes = Buffer.from(text);
  for (let count = 1 + random.below(3); count > 0; count -= 1) bytes = Buffer.from(injure(bytes, random));
  return bytes;
}

function injure(bytes: Buffer, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + 1 + random.below(30));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, until), bytes.subarray(until)];
  switch (random.below(8)) {
    case 0:
      return head;
    case 1:
      return Buffer.concat([head, tail]);
    case 2:
      return Buffer.concat([head, middle, middle, tail]);
    case 3:
      return Buffer.concat([head, Buffer.from([random.below(256)]), middle, tail]);
    case 4:
      return Buffer.concat([head, Buffer.alloc(middle.length), tail]);
    case 5:
      return Buffer.concat([tail, middle, head]);
    default:
      return Buffer.concat([head, Buffer.from(random.pick(PIECES)), middle, tail]);
  }
}
