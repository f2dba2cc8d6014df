// The floor for an HTTP front: one stdio server, messages passed on, answers matched by id, nothing else.
// http-front.mjs <port> <command> [arguments...]
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const [port, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
const id = randomUUID();
const waiting = new Map();

createInterface({ input: child.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method !== undefined) return;
  const response = waiting.get(message.id);
  waiting.delete(message.id);
  response
    ?.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(line),
      'mcp-session-id': id,
    })
    .end(line);
});

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (chunks.length === 0) return response.writeHead(405).end();
    const body = Buffer.concat(chunks);
    const message = JSON.parse(body);
    if (message.id === undefined) response.writeHead(202).end();
    else waiting.set(message.id, response);
    child.stdin.write(`${body}\n`);
  });
}).listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
