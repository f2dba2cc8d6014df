// A module of its own: bundled CommonJS has no named exports for `await import`.
export { pino } from 'pino';
