import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = 'pet-token-0123456789';

/** What describes the API below. */
export const PETS = `
openapi: 3.1.0
info: { title: Pets, version: "1" }
servers: [{ url: https://pets.example/v1 }]
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Item:
      type: object
      required: [id, name]
      properties: { id: { type: string }, name: { type: string }, friend: { $ref: '#/components/schemas/Item' } }
paths:
  /items:
    get:
      operationId: listItems
      parameters: [{ in: query, name: limit, schema: { type: integer, minimum: 1 } }]
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: object, properties: { items: { type: array, items: { $ref: '#/components/schemas/Item' } } } } } } }
    post:
      operationId: createItem
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } } }
      responses: { "201": { description: made } }
  /items/{id}:
    get:
      operationId: getItem
      parameters: [{ in: path, name: id, required: true, schema: { type: string } }]
      responses:
        "200": { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } } }
`;

/** A loopback API that takes its token, two paths and nothing else. */
export async function openPetApi(): Promise<{ url: string; close(): Promise<void> }> {
  const rex = { id: 'p1', name: 'Rex' };
  const answers: Record<string, object> = { '/v1/items': { items: [rex] }, '/v1/items/p1': rex };
  const server = createServer(({ method, url = '', headers }, response) => {
    const isKnown = headers.authorization === `Bearer ${TOKEN}`;
    const found = method === 'GET' ? answers[url.split('?')[0] ?? ''] : undefined;
    response.writeHead(isKnown ? (found ? 200 : 404) : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify((isKnown && found) || {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
