import { openLoopbackApi, type Received, type Reply } from './loopback-api.ts';

export const TOKEN = 'token-of-the-tests';

const ALL = Array.from({ length: 120 }, (_, index) => ({
  id: `i${index}`,
  name: `Item ${index}`,
  internal: true,
}));

/** A stand-in that is as strict as the API it stands for: token, paging, status codes. */
export function openItemApi() {
  return openLoopbackApi(reply);
}

function reply({ method, target, headers, body }: Received): Reply {
  if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { error: 'no token' } };
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  if (pathname === '/v1/items' && method === 'GET') return list(searchParams);
  if (pathname === '/v1/items' && method === 'POST') {
    const { name } = body as { name: string };
    return { status: 201, body: { id: 'new', name } };
  }
  const found = ALL.find(({ id }) => pathname === `/v1/items/${id}`);
  if (method === 'GET' && found) return { body: found };
  return { status: 404, body: { error: 'no such item' } };
}

function list(query: URLSearchParams): Reply {
  const limit = Number(query.get('limit'));
  if (!(limit >= 1 && limit <= 50)) return { status: 400, body: { error: 'limit has to be 1 to 50' } };
  const search = query.get('search')?.toLowerCase() ?? '';
  const matching = ALL.filter(({ name }) => name.toLowerCase().includes(search));
  const from = Number(query.get('cursor') ?? 0);
  const items = matching.slice(from, from + limit);
  return { body: { items, next: from + limit < matching.length ? String(from + limit) : null } };
}
