// Reached through a module of its own: bundled CommonJS has no named exports for `await import`.
export * from 'undici';
