import { scanId } from './envelope-scan.ts';
import { type Member, membersAt, type Span, skipSpace } from './json-scan.ts';

/** A member of a JSON object, by the names that lead to it, gets other JSON text; undefined removes it. */
export interface Change {
  readonly path: readonly string[];
  readonly json: string | undefined;
}

/**
 * Changes members of an object in its JSON text. All other bytes stay: order, white space, escapes, numbers of any
 * size. Objects missing on a path are made, and take the place of anything else there when a member is set in them.
 * Of members with one name, only the last (what `JSON.parse` sees) is left in an object looked at, so that what was
 * judged is what is sent. Members `isUnwanted` names go from those objects too. No path may begin with another.
 * @throws SyntaxError when the text is no object.
 */
export function splice(
  text: Buffer,
  changes: readonly Change[],
  isUnwanted: (name: string) => boolean = () => false,
): Buffer {
  const start = skipSpace(text, 0, 1);
  const done = objectPieces(text, start, { changes, isUnwanted });
  if (!done) throw new SyntaxError('This is no JSON object.');
  return Buffer.concat([text.subarray(0, start), ...done.pieces, text.subarray(done.end)]);
}

/** The JSON text of a value in an object's text, or undefined when it has none there. */
export function valueAt(text: Buffer, path: readonly string[]): Buffer | undefined {
  let value = text.subarray(skipSpace(text, 0, 1));
  for (const name of path) {
    const found = membersAt(value, 0)?.members.findLast((member) => nameOf(value, member) === name);
    if (!found) return undefined;
    value = value.subarray(found.value.start, found.value.end);
  }
  return value;
}

const ID = Buffer.from('"id"');
const ESCAPED_ID = [Buffer.from('\\u0069'), Buffer.from('\\u0064')];

/** The message with another id, or with one where it had none; a long one is not read through if that can be. */
export function withId(line: Buffer, idJson: string): Buffer {
  const id = scanId(line);
  if (!id || mayHaveMore(line)) return splice(line, [{ path: ['id'], json: idJson }]);
  if (line.toString('latin1', id.start, id.end) === idJson) return line;
  return Buffer.concat([line.subarray(0, id.start), Buffer.from(idJson), line.subarray(id.end)]);
}

/** A second id where nobody looked would be the one that counts. */
function mayHaveMore(line: Buffer): boolean {
  const first = line.indexOf(ID);
  return line.indexOf(ID, first + 1) !== -1 || ESCAPED_ID.some((escaped) => line.includes(escaped));
}

interface Pieces {
  readonly pieces: Buffer[];
  /** Where the old object ended. */
  readonly end: number;
}

interface Wishes {
  readonly changes: readonly Change[];
  isUnwanted(name: string): boolean;
}

/** The new text of the object at `start`; undefined when none is there. */
function objectPieces(text: Buffer, start: number, wishes: Wishes): Pieces | undefined {
  const { changes, isUnwanted } = wishes;
  const object = membersAt(text, start);
  if (!object) return undefined;
  const wanted = byFirstName(changes);
  const last = lastOfEachName(text, object.members);
  const pieces = [text.subarray(start, object.members[0]?.key.start ?? object.end - 1)];
  let before: Span | undefined;
  let count = 0;
  for (const [index, member] of object.members.entries()) {
    const name = nameOf(text, member);
    const stays = last.get(name) === index && !isUnwanted(name);
    const value = stays ? memberValue(text, member, { isUnwanted, changes: wanted.get(name) }) : undefined;
    if (value) {
      if (count > 0 && before) pieces.push(text.subarray(before.end, member.key.start));
      pieces.push(text.subarray(member.key.start, member.value.start), ...value);
      count += 1;
    }
    before = member.value;
  }
  for (const [name, inside] of wanted) {
    const json = last.has(name) ? undefined : madeValue(inside);
    if (json === undefined) continue;
    pieces.push(Buffer.from(`${count > 0 ? ',' : ''}${JSON.stringify(name)}:${json}`));
    count += 1;
  }
  pieces.push(text.subarray(before?.end ?? object.end - 1, object.end));
  return { pieces, end: object.end };
}

/** What a member holds afterwards, or undefined when it goes. */
function memberValue(
  text: Buffer,
  { value }: Member,
  { changes, isUnwanted }: Partial<Wishes> & Pick<Wishes, 'isUnwanted'>,
): Buffer[] | undefined {
  const asItWas = [text.subarray(value.start, value.end)];
  if (!changes) return asItWas;
  if (changes.some(({ path }) => path.length === 0)) {
    const json = madeValue(changes);
    return json === undefined ? undefined : [Buffer.from(json)];
  }
  const inside = objectPieces(text, value.start, { changes, isUnwanted });
  if (inside) return inside.pieces;
  const json = madeValue(changes);
  return json === undefined ? asItWas : [Buffer.from(json)];
}

/** JSON text that has what is set and nothing else; undefined when nothing is. */
function madeValue(changes: readonly Change[]): string | undefined {
  const whole = changes.findLast(({ path }) => path.length === 0);
  if (whole) return whole.json;
  const members: string[] = [];
  for (const [name, inside] of byFirstName(changes)) {
    const json = madeValue(inside);
    if (json !== undefined) members.push(`${JSON.stringify(name)}:${json}`);
  }
  return members.length === 0 ? undefined : `{${members.join(',')}}`;
}

/** The changes below each name, their paths one name shorter. */
function byFirstName(changes: readonly Change[]): Map<string, Change[]> {
  const below = new Map<string, Change[]>();
  for (const { path, json } of changes) {
    const [first = '', ...rest] = path;
    const list = below.get(first) ?? [];
    list.push({ path: rest, json });
    below.set(first, list);
  }
  return below;
}

function lastOfEachName(text: Buffer, members: readonly Member[]): Map<string, number> {
  return new Map(members.map((member, index) => [nameOf(text, member), index]));
}

function nameOf(text: Buffer, { key }: Member): string {
  const name = text.toString('utf8', key.start + 1, key.end - 1);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}
