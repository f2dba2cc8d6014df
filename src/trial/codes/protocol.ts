import type { CheckFacts } from './check-facts.ts';

/** How a server speaks. */
export const PROTOCOL_CHECKS = {
  handshake: {
    severity: 'error',
    title: 'starts and agrees on a protocol version',
    remedy: 'Answer initialize (2025-11-25 and older) or server/discover (2026-07-28) with a result.',
  },
  'server-info': {
    severity: 'error',
    title: 'says its name, version and capabilities',
    remedy: 'Give serverInfo a name and a version, and capabilities as an object.',
  },
  'version-negotiation': {
    severity: 'error',
    title: 'keeps to versions it knows',
    remedy:
      'Answer a version you know with itself and any other with one you know; refuse unknown stateless versions with -32022.',
  },
  'discover-result': {
    severity: 'error',
    title: 'answers server/discover completely',
    remedy: 'Give supportedVersions, capabilities, ttlMs and cacheScope.',
  },
  'meta-required': {
    severity: 'error',
    title: 'refuses stateless requests without their _meta',
    remedy: 'Refuse requests whose _meta lacks protocolVersion or clientCapabilities with -32602.',
  },
  'removed-methods': {
    severity: 'error',
    title: 'knows no methods that 2026-07-28 took away',
    remedy: 'Refuse ping, logging/setLevel and resources/subscribe of stateless clients with -32601.',
  },
  'result-type': {
    severity: 'error',
    title: 'marks stateless results with a resultType it may use',
    remedy: 'Set resultType to "complete" on results that are final.',
  },
  'cache-hints': {
    severity: 'error',
    title: 'says how long lists may be kept, and for whom',
    remedy: 'Give ttlMs (0 or more) and cacheScope ("public" or "private") on lists and resources/read.',
  },
  'capabilities-honest': {
    severity: 'error',
    title: 'can do what its capabilities say',
    remedy:
      'Declare tools, resources and prompts only with their handlers, and handlers only with their capability.',
  },
  ping: {
    severity: 'error',
    title: 'answers ping',
    remedy: 'Answer ping with an empty result at once.',
  },
  'ids-kept': {
    severity: 'error',
    title: 'answers with the very id of the request',
    remedy: 'Return the id as it came: text stays text, numbers stay numbers, 0 is an id.',
  },
  'unknown-method': {
    severity: 'error',
    title: 'refuses methods it does not know with -32601',
    remedy: 'Answer unknown methods with the JSON-RPC error -32601.',
  },
  'unknown-tool': {
    severity: 'error',
    title: 'refuses tools it does not have',
    remedy: 'Answer with the error -32602 or a result with isError.',
  },
  'call-params': {
    severity: 'error',
    title: 'refuses calls that name no tool',
    remedy: 'Check params of tools/call and answer with -32602.',
  },
  'wrong-arguments': {
    severity: 'error',
    title: 'refuses arguments that do not fit the schema',
    remedy: 'Validate arguments against inputSchema; answer with -32602 or a result with isError.',
  },
  'paging-ends': {
    severity: 'error',
    title: 'has lists that come to an end',
    remedy: 'Leave nextCursor out on the last page, and never give a cursor twice.',
  },
  'paging-unique': {
    severity: 'error',
    title: 'lists nothing twice across pages',
    remedy: 'Let each page begin after the last item of the one before.',
  },
  'cursor-refused': {
    severity: 'error',
    title: 'refuses cursors it never gave',
    remedy: 'Answer unknown cursors with -32602.',
  },
  'stable-order': {
    severity: 'warning',
    title: 'lists the same tools in the same order each time',
    remedy: 'Keep the order: clients cache prompts by it.',
  },
  'notifications-unanswered': {
    severity: 'error',
    title: 'answers no notifications, and lives on after unknown ones',
    remedy: 'Never send an answer to a message without an id.',
  },
  cancellation: {
    severity: 'error',
    title: 'survives cancellations, and answers nothing that was cancelled',
    remedy: 'Stop the work, send no answer for its id, and ignore cancellations of what is unknown or done.',
  },
  progress: {
    severity: 'error',
    title: 'reports progress of calls that asked for it, and always more of it',
    remedy: 'Send progress with the token of a running call only, each time with a larger number.',
  },
  'parallel-calls': {
    severity: 'error',
    title: 'gives each of many requests at once its own answer',
    remedy: 'Keep the id with the request instead of in a variable all of them share.',
  },
  'broken-json': {
    severity: 'error',
    title: 'survives lines that are not JSON',
    remedy: 'Answer with -32700 or ignore the line, and read on.',
  },
  'wrong-messages': {
    severity: 'error',
    title: 'survives JSON that is no request, and takes none of it for one',
    remedy: 'Check jsonrpc, id, method and params; answer with -32600 or ignore the line.',
  },
  batch: {
    severity: 'error',
    title: 'survives batches',
    remedy: 'Answer a batch as 2025-03-26 has it, or refuse it with -32600.',
  },
  'deep-input': {
    severity: 'error',
    title: 'survives very deep nesting',
    remedy: 'Do not walk through arguments by recursion without a limit.',
  },
  'huge-input': {
    severity: 'error',
    title: 'answers a request of four megabytes',
    remedy: 'Read lines of any size, or refuse large ones with an error, and read on.',
  },
  'answers-once': {
    severity: 'error',
    title: 'answers each request once',
    remedy: 'Send one answer for each id, and none for ids that were not asked.',
  },
  'message-form': {
    severity: 'error',
    title: 'sends proper JSON-RPC messages',
    remedy: 'Send jsonrpc "2.0", either result or error, and errors with a whole number and a text.',
  },
  'stdout-clean': {
    severity: 'error',
    title: 'writes nothing but messages on stdout',
    remedy: 'Write logs to stderr: console.error in Node, logging or sys.stderr in Python.',
  },
  'exits-at-eof': {
    severity: 'error',
    title: 'ends when its input ends',
    remedy: 'End the process when stdin closes; stop timers and close connections first.',
  },
  'exits-at-sigterm': {
    severity: 'error',
    title: 'ends at SIGTERM',
    remedy: 'End the process at SIGTERM within a second or two.',
  },
  'leaves-nothing-running': {
    severity: 'error',
    title: 'takes the programs it started with it',
    remedy: 'End child processes before the server ends.',
  },
  'resources-readable': {
    severity: 'error',
    title: 'can read every resource it lists',
    remedy: 'Answer resources/read of a listed uri with contents that have this uri and text or blob.',
  },
  'resource-unknown': {
    severity: 'error',
    title: 'refuses resources it does not have',
    remedy: 'Answer with -32602 (or -32002 in revisions up to 2025-11-25).',
  },
  'prompts-usable': {
    severity: 'error',
    title: 'gives every prompt that needs no arguments',
    remedy: 'Answer prompts/get with messages that have a role and content.',
  },
  'prompt-unknown': {
    severity: 'error',
    title: 'refuses prompts it does not have',
    remedy: 'Answer with -32602.',
  },
  'http-origin': {
    severity: 'error',
    title: 'refuses requests of foreign web pages',
    remedy: 'Answer 403 to an Origin you do not know: a page could reach the server through the browser.',
  },
  'http-methods': {
    severity: 'error',
    title: 'refuses HTTP methods it does not serve',
    remedy: 'Answer 405 to methods without a meaning here.',
  },
  'http-headers': {
    severity: 'error',
    title: 'refuses headers that say something else than the body',
    remedy: 'Compare MCP-Protocol-Version, Mcp-Method and Mcp-Name with the body; answer 400 with -32020.',
  },
} as const satisfies Record<string, CheckFacts>;
