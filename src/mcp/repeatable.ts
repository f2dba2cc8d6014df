/** Requests that change nothing, or nothing more the second time; of `tools/call` only the tool knows. */
const REPEATABLE =
  /^(ping|initialize|notifications\/initialized|server\/discover|logging\/setLevel|completion\/complete|prompts\/get|(tools|prompts|resources|resources\/templates)\/list|resources\/(read|subscribe|unsubscribe)|tasks\/(get|list|result))$/;

export function isRepeatableMethod(method: string): boolean {
  return REPEATABLE.test(method);
}
