import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { McpctlError } from '../../core/errors.ts';
import { renderHtml } from '../../docs/html.ts';
import { renderMarkdown } from '../../docs/markdown.ts';
import type { ServerDescription } from '../../docs/server-description.ts';
import { serverPage } from '../../docs/server-page.ts';
import { guidesOf, indexGuide } from '../../docs/tool-guides.ts';
import { withoutAnswers } from '../../docs/without-answers.ts';
import { readTextFile } from '../../documents/read.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { kindOf } from '../../platform/file-kind.ts';
import { readSettings } from '../../settings/read.ts';
import { serverOrProject } from '../servers/server-or-project.ts';
import { describeServer, type ExampleChoice } from './describe-server.ts';
import { changesOf, type FileChange, writeGuides } from './guide-files.ts';

export interface DocsFlags {
  readonly html?: boolean;
  readonly out?: string;
  readonly check?: boolean;
  readonly all?: boolean;
  readonly examples?: ExampleChoice;
  /** Longest silence of a server. */
  readonly timeout?: string;
}

export interface Documented {
  readonly servers: readonly ServerDescription[];
  /** The page, when no file was named. */
  readonly text?: string;
  /** Absolute file or folder, when one was named. */
  readonly out?: string;
  /** Files that were written, or with `--check` that would be. */
  readonly changes: readonly FileChange[];
  /** Servers that could not be read; their guides stay as they are. */
  readonly failed: readonly { readonly server: string; readonly error: McpctlError }[];
}

/** Describes one server as a page, or all as guides. */
export async function docsFlow(
  word: string | undefined,
  flags: DocsFlags,
  context: Context,
): Promise<Documented> {
  const out = flags.out === undefined ? undefined : resolve(context.cwd, flags.out);
  if (flags.check && out === undefined)
    throw usage('--check compares with a file.', 'Name it: mcpctl docs <server> --out API.md --check');
  if (flags.all) return await documentAll(word, out, flags, context);
  const named = await serverOrProject(word ?? '.', context);
  const server = await describeServer(named, await optionsOf(flags, 'safe', context));
  if (out !== undefined && (flags.out?.endsWith('/') || (await kindOf(out)) === 'folder')) {
    refuseHtml(flags);
    const changes = await writeGuides(out, guidesOf(server), [server.name], flags.check ?? false);
    return { servers: [server], out, changes, failed: [] };
  }
  const format = flags.html ? 'html' : 'markdown';
  const blocks = serverPage(server);
  const text = format === 'html' ? renderHtml(server.title, blocks) : renderMarkdown(blocks);
  if (out === undefined) return { servers: [server], text, changes: [], failed: [] };
  const { exists, text: before } = await readTextFile(out);
  const isSame = exists && withoutAnswers(before, format) === withoutAnswers(text, format);
  const changes = isSame ? [] : changesOf([{ path: out, before, after: text, format }]);
  if (!isSame && !flags.check) await writeFileAtomic(out, text, { mode: 0o644, folderMode: 0o755 });
  return { servers: [server], out, changes, failed: [] };
}

async function documentAll(
  word: string | undefined,
  out: string | undefined,
  flags: DocsFlags,
  context: Context,
): Promise<Documented> {
  if (word !== undefined) throw usage('--all describes every server.', 'mcpctl docs --all --out .claude/mcp');
  if (out === undefined) throw usage('--all writes a folder.', 'mcpctl docs --all --out .claude/mcp');
  refuseHtml(flags);
  const { servers: manifest } = await readManifests(context);
  const names = [...manifest.values()].filter(({ entry }) => entry.disabled !== true).map(({ name }) => name);
  const options = await optionsOf(flags, 'none', context);
  const servers: ServerDescription[] = [];
  const failed: { server: string; error: McpctlError }[] = [];
  for (const name of names.sort()) {
    context.output.note(`reading ${name}`);
    try {
      servers.push(await describeServer(await serverOrProject(name, context), options));
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
      failed.push({ server: name, error });
    }
  }
  const described = servers.map(({ name }) => name);
  const files = [...servers.flatMap(guidesOf), indexGuide(servers)];
  const changes = await writeGuides(out, files, described, flags.check ?? false);
  return { servers, out, changes, failed };
}

async function optionsOf(
  { examples, timeout }: DocsFlags,
  usual: ExampleChoice,
  context: Context,
): Promise<{ examples: ExampleChoice; timeoutMs: number; context: Context }> {
  const timeoutMs =
    timeout === undefined
      ? (await readSettings(context)).settings.timeouts.startMs
      : parseDuration(timeout, '--timeout');
  return { examples: examples ?? usual, timeoutMs, context };
}

function refuseHtml({ html }: DocsFlags): void {
  if (html)
    throw usage('Guides in a folder are Markdown.', 'Leave out --html, or name a file: --out API.html');
}

function usage(message: string, hint: string): McpctlError {
  return new McpctlError('USAGE', message, { hint });
}
