// Reached through a module of its own, by name: bundled CommonJS has no named exports for `await import`, and
// `export *` from it has none either.
export { EnvHttpProxyAgent, fetch, Response } from 'undici';
