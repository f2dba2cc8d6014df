/**
 * A map for entries that come and go by the thousand. V8 links every table of a Map that was outgrown to the next
 * one: once one of them is old, all that is in the next ones when they are outgrown lives until a full collection,
 * and a process that relays calls grows by 30 MB for nothing.
 */
export class ShortLivedMap<T> {
  #entries: Record<string, T> = Object.create(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: string): boolean {
    return nameOf(key) in this.#entries;
  }

  get(key: string): T | undefined {
    return this.#entries[nameOf(key)];
  }

  set(key: string, value: T): void {
    const name = nameOf(key);
    if (!(name in this.#entries)) this.#size += 1;
    this.#entries[name] = value;
  }

  /** True when it was there. */
  delete(key: string): boolean {
    const name = nameOf(key);
    if (!(name in this.#entries)) return false;
    this.#size -= 1;
    Reflect.deleteProperty(this.#entries, name);
    return true;
  }

  /** In the order in which they came. */
  values(): T[] {
    return Object.values(this.#entries);
  }
}

/** The same for a set, of no more than some hundreds: leaving it means looking through it. */
export class ShortLivedSet<T extends object> {
  readonly #items: T[] = [];

  add(item: T): void {
    this.#items.push(item);
  }

  delete(item: T): void {
    const index = this.#items.indexOf(item);
    if (index >= 0) this.#items.splice(index, 1);
  }

  /** In the order in which they came; they may leave meanwhile. */
  values(): T[] {
    return [...this.#items];
  }
}

/** A number for a name would make it an index of an array. */
function nameOf(key: string): string {
  return `k${key}`;
}
