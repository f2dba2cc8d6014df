import { dirname, join, resolve } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { editFile, type FileChange, type FileEditing, previewEdit } from '../documents/edit-file.ts';
import { findProjectManifest, projectFolders, type Scope } from '../manifest/scopes.ts';
import type { Paths } from '../platform/paths.ts';
import { settingsDialect } from './places.ts';
import { findSettings } from './read.ts';
import { isUsersAlone } from './users-alone.ts';
import { judgeSetting, type SettingsRules } from './validate.ts';

export interface SettingEdit extends FileEditing, SettingsRules {
  readonly paths: FileEditing['paths'] & Pick<Paths, 'settings' | 'home'>;
  /** Absolute. */
  readonly cwd: string;
  /** Dotted, e.g. `timeouts.callMs`. */
  readonly key: string;
  /** As typed: JSON, a list with commas, or plain text. */
  readonly value: string;
  readonly scope: Scope;
  /** Only works out the change. */
  readonly dryRun: boolean;
}

/**
 * Sets one setting in the file of a scope, creating it when missing.
 * @throws SETTING_UNKNOWN, USAGE when no project is here, and what `editFile` throws.
 */
export async function setSetting(edit: SettingEdit): Promise<FileChange & { readonly value: Json }> {
  const { key, scope, paths, now, signal, dryRun } = edit;
  const path = key.split('.');
  refuseLiteralSecret(edit);
  const value = understand(path, edit);
  if (scope === 'project' && isUsersAlone(path)) {
    throw new McpctlError('USAGE', `${key} counts in your own settings only, not in a project's.`, {
      hint: `mcpctl config set ${key} ${edit.value} --scope user`,
    });
  }
  const file = await settingsFile(edit);
  const fileEdit = {
    path: file,
    dialect: settingsDialect(file),
    paths,
    now,
    ...(signal && { signal }),
    ...(scope === 'project' && { mode: 0o644, folderMode: 0o755 }),
    change: (document: { set(path: readonly string[], value: Json): string }) => document.set(path, value),
  };
  return { ...(await (dryRun ? previewEdit(fileEdit) : editFile(fileEdit))), value };
}

/** What is a reference in the settings, never a value: where, how a value looks there, and how to keep it instead. */
const REFERENCES: readonly { readonly at: string; readonly literal: RegExp; readonly hint: string }[] = [
  {
    at: 'alerts.channels',
    literal: /(?<=^|")(?:https?:\/\/[^"]+|[A-Za-z0-9]{32})(?=$|")/,
    hint: 'mcpctl secret set SLACK_WEBHOOK, and refer to it: "url": "${keychain:SLACK_WEBHOOK}"',
  },
  {
    at: 'registries.own',
    literal: /"token"\s*:\s*"(?!\$\{)[^"]/,
    hint: 'mcpctl secret set REGISTRY_TOKEN, and refer to it: "token": "${keychain:REGISTRY_TOKEN}"',
  },
  {
    at: 'registryServer',
    literal: /(?<=^|")postgres(ql)?:\/\//,
    hint: "mcpctl secret set REGISTRY_DATABASE, and refer to it: '${keychain:REGISTRY_DATABASE}'",
  },
];

/** Whoever types a secret as it is should not see it in an error as well. */
function refuseLiteralSecret({ key, value }: SettingEdit): void {
  const found = REFERENCES.find(({ at, literal }) => key.startsWith(at) && literal.test(value));
  if (!found) return;
  throw new McpctlError(
    'SECRET_ON_COMMAND_LINE',
    `${key} takes no secret as it is: other users of this machine can see arguments, and the shell keeps them.`,
    { hint: `Keep it: ${found.hint}`, data: { key } },
  );
}

/** The first reading of the typed text that the schema allows at that key. */
function understand(path: readonly string[], { key, value, clientIds }: SettingEdit): Json {
  const readings: Json[] = [...asJson(value), value, value.split(',').map((part) => part.trim())];
  const judged = readings.map((reading) => ({
    reading,
    verdict: judgeSetting(path, reading, { ...(clientIds && { clientIds }) }),
  }));
  const allowed = judged.find(({ verdict }) => verdict?.allowed);
  if (allowed) return allowed.reading;
  const { verdict } = judged.find((one) => one.verdict?.hint !== undefined) ?? judged[0] ?? {};
  const what = verdict
    ? `The setting ${key} does not take ${JSON.stringify(value)}: ${verdict.reason}`
    : `There is no setting ${key}`;
  throw new McpctlError('SETTING_UNKNOWN', `${what.replace(/\.$/, '')}.`, {
    hint:
      verdict?.hint ??
      'See what there is: mcpctl config show, and what is allowed: mcpctl config show --schema',
    data: { key },
  });
}

function asJson(text: string): Json[] {
  try {
    return [JSON.parse(text) as Json];
  } catch {
    return [];
  }
}

async function settingsFile({ paths, cwd, scope }: SettingEdit): Promise<string> {
  const found = (await findSettings({ paths, cwd })).find((file) => file.scope === scope);
  if (found) return found.path;
  if (scope === 'user') return join(paths.settings, 'config.json');
  const manifest = await findProjectManifest(cwd, paths.home);
  const folder = manifest ? dirname(dirname(manifest)) : resolve(cwd);
  if (!(await projectFolders(folder, paths.home)).includes(folder)) {
    throw new McpctlError('USAGE', `${folder} is no project, so it has no project settings.`, {
      hint: 'Change to the project, or use: --scope user',
    });
  }
  return join(folder, '.mcpctlrc.json');
}
