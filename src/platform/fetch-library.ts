import { EnvHttpProxyAgent, fetch, Response } from 'undici';

/** For `await import`: a bundled CommonJS library has no named exports there, and `export *` from it has none either. */
export const undici = { EnvHttpProxyAgent, fetch, Response };
