import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { readSettings } from '../../settings/read.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../settings/settings.ts';

/** The settings, or after a warning the defaults: broken settings keep nobody from learning what is wrong. */
export async function settingsOrDefaults(context: Context): Promise<Settings> {
  try {
    return (await readSettings(context)).settings;
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    context.output.warn(`${error.message} ${error.hint ?? ''}`.trim());
    return DEFAULT_SETTINGS;
  }
}
