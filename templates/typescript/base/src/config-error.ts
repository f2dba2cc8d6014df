/** The environment or the arguments do not fit; the message names each variable and never shows a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
