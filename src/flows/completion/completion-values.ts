import type { Context } from '../../cli/context.ts';
import type { Candidate } from './complete.ts';
import { SHELLS } from './completion-scripts.ts';

/** Commands whose server need not be installed yet. */
const FROM_CATALOG = new Set(['add', 'info', 'search']);

/** What an argument or option may be, from the user's manifests, the catalog and the known clients. */
export async function valuesFor(command: string, name: string, context: Context): Promise<Candidate[]> {
  const word = name.replace(/^--/, '').replace(/s$/, '');
  const anywhere = Object.hasOwn(ANYWHERE, word) ? ANYWHERE[word] : undefined;
  if (anywhere) return await anywhere(context);
  if (command === 'test-server' && (word === 'only' || word === 'skip')) return await serverChecks();
  if (word === 'store' && command.startsWith('auth ')) return SIGN_IN_STORES;
  if (word === 'registry' || word === 'source') return await registriesOf(command, context);
  if (command.startsWith('registry ') || command === 'publish') return [];
  if (word === 'channel' && command.startsWith('alerts ')) return await alertChannels(context);
  if (command.startsWith('gateway') && word === 'profile') return await gatewayProfiles(context);
  if (command.startsWith('chain ')) return await chainValues(word, context);
  if (word === 'server-or-rule') return [...(await installedServers(context)), ...(await alertRules())];
  return word === 'server' || word === 'name' ? await serverNames(command, context) : [];
}

async function serverNames(command: string, context: Context): Promise<Candidate[]> {
  const installed = command === 'add' ? [] : await installedServers(context);
  if (command === 'logs') return [...installed, GATEWAY_LOGS];
  return FROM_CATALOG.has(command) ? [...installed, ...(await catalogNames(installed))] : installed;
}

/** Words that mean the same in every command. */
const ANYWHERE: Readonly<Record<string, (context: Context) => Promise<Candidate[]>>> = {
  category: categories,
  client: clientIds,
  shell: async () => SHELLS.map((shell) => ({ word: shell, description: '' })),
};

const GATEWAY_LOGS: Candidate = { word: 'gateway', description: 'what gateways do' };

const THE_CATALOG: Candidate = { word: 'catalog', description: 'what mcpctl knows itself' };
const THE_PUBLIC: Candidate = { word: 'public', description: 'the registry everybody has' };

const SIGN_IN_STORES: Candidate[] = [
  { word: 'keychain', description: 'the system keychain' },
  { word: 'file', description: 'an encrypted file' },
  { word: 'memory', description: 'until the process ends' },
  { word: 'helper:pass', description: 'docker-credential-pass, or another helper' },
];

async function registriesOf(command: string, context: Context): Promise<Candidate[]> {
  const own = await registryNames(context);
  if (command === 'search') return [THE_CATALOG, ...own, THE_PUBLIC];
  return command === 'catalog refresh' ? [...own, THE_PUBLIC] : own;
}

async function registryNames(context: Context): Promise<Candidate[]> {
  const { readSettings } = await import('../../settings/read.ts');
  const { registries } = (await readSettings(context)).settings;
  return registries.own.map(({ name, url }) => ({ word: name, description: url }));
}

async function gatewayProfiles(context: Context): Promise<Candidate[]> {
  const { readSettings } = await import('../../settings/read.ts');
  const { profiles } = (await readSettings(context)).settings.gateway;
  return Object.entries(profiles).map(([word, { description = '' }]) => ({ word, description }));
}

async function chainValues(word: string, context: Context): Promise<Candidate[]> {
  const { valuesOfChain } = await import('../chain/completion.ts');
  return await valuesOfChain(word, context);
}

async function alertChannels(context: Context): Promise<Candidate[]> {
  const { readSettings } = await import('../../settings/read.ts');
  const { alerts } = (await readSettings(context)).settings;
  return Object.entries(alerts.channels).map(([word, { type }]) => ({ word, description: type }));
}

async function alertRules(): Promise<Candidate[]> {
  const { RULES, tellOf } = await import('../../watch/alerts/rules.ts');
  return RULES.map(({ name, summary }) => ({ word: name, description: tellOf(summary, '…') }));
}

async function installedServers({ paths, cwd }: Context): Promise<Candidate[]> {
  const { readManifests } = await import('../../manifest/manifest.ts');
  const { servers } = await readManifests({ paths, cwd });
  return [...servers.values()].map(({ name, scope }) => ({ word: name, description: `${scope} scope` }));
}

async function catalogNames(known: readonly Candidate[]): Promise<Candidate[]> {
  // Those that are only listed would bury the others; they can be typed all the same.
  const { loadCatalogIndex } = await import('../../catalog/load.ts');
  const taken = new Set(known.map(({ word }) => word));
  return (await loadCatalogIndex())
    .filter(({ slug }) => !taken.has(slug))
    .map(({ slug, description }) => ({ word: slug, description }));
}

async function categories(): Promise<Candidate[]> {
  const { loadCatalogIndex, loadListedIndex } = await import('../../catalog/load.ts');
  const rows = [...(await loadCatalogIndex()), ...(await loadListedIndex())];
  return [...new Set(rows.map(({ category }) => category))].sort().map((word) => ({ word, description: '' }));
}

async function clientIds(): Promise<Candidate[]> {
  const { CLIENTS } = await import('../../clients/all.ts');
  return CLIENTS.map(({ id, title }) => ({ word: id, description: title }));
}

async function serverChecks(): Promise<Candidate[]> {
  const [{ CHECK_IDS, factsOf }, { AREAS }] = await Promise.all([
    import('../../trial/check-ids.ts'),
    import('../../trial/codes/check-facts.ts'),
  ]);
  return [
    ...AREAS.map((word) => ({ word, description: 'a whole area' })),
    ...CHECK_IDS.map((word) => ({ word, description: factsOf(word).title })),
  ];
}
