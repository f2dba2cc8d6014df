// Reached through a module of its own: bundled CommonJS has no named exports for `await import`.
export { EnvHttpProxyAgent, fetch, Response } from 'undici';
