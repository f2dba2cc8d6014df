/** A sequence that begins with an escape, or one character. */
const KEYS = /\u001b\[[0-?]*[ -/]*[@-~]|\u001bO[ -~]|\u001b(?=\u001b|$)|\u001b.|./gsu;

const NAMES: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  ' ': 'space',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u001b': 'escape',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
  '\u001b[H': 'home',
  '\u001b[F': 'end',
  '\u001bOH': 'home',
  '\u001bOF': 'end',
  '\u001b[1~': 'home',
  '\u001b[4~': 'end',
  '\u001b[5~': 'pageup',
  '\u001b[6~': 'pagedown',
};

/**
 * Names of the keys a terminal in raw mode sent: characters as they are, `up`, `enter`, `escape`, `ctrl-c` and so on.
 * What no name is known for is left out.
 */
export function keysIn(text: string): string[] {
  return (text.match(KEYS) ?? []).flatMap((sequence) => {
    const name = NAMES[sequence];
    if (name !== undefined) return [name];
    if (sequence.startsWith('\u001b')) return [];
    const code = sequence.charCodeAt(0);
    return [code < 27 ? `ctrl-${String.fromCharCode(code + 96)}` : sequence];
  });
}
