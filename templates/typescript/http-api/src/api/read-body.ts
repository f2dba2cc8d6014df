import { ToolError } from '../errors.ts';

/** Largest answer that is read, in bytes. */
const MAX_BODY = 5_000_000;

/** @throws ToolError API_ANSWER_TOO_LARGE */
export async function readBody(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY)
      throw new ToolError('API_ANSWER_TOO_LARGE', `The API answered with more than ${MAX_BODY} bytes.`, {
        hint: 'Ask for less, for example with a filter or a smaller limit.',
      });
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  if (!isJson) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ToolError('API_ANSWER_BROKEN', 'The API announced JSON and sent something else.', {
      cause: error,
    });
  }
}
