import { table } from '../../cli/table.ts';
import type { DriftFinding } from '../../clients/drift.ts';
import type { Survey } from '../../clients/survey.ts';
import type { Style } from '../../platform/style.ts';
import { renderProblem } from './sync-view.ts';

/** The document of `clients --json`. */
export interface ClientsReport {
  readonly clients: readonly {
    readonly id: string;
    readonly title: string;
    readonly installed: boolean;
    /** The file, folder or executable that showed it. */
    readonly sign?: string;
    readonly restart: string;
    readonly cautions: readonly string[];
    readonly files: readonly ClientFileReport[];
  }[];
  readonly findings: readonly DriftFinding[];
}

interface ClientFileReport {
  readonly path: string;
  readonly scope: 'user' | 'project';
  readonly exists: boolean;
  readonly valid: boolean;
  /** Servers of the manifest that stand in the file as they should. */
  readonly servers: readonly string[];
  /** Servers of the manifest that should. */
  readonly wanted: readonly string[];
  /** Codes of what differs. */
  readonly drift: readonly string[];
}

const INVALID = new Set<string>([
  'CLIENT_FILE_BROKEN',
  'CLIENT_FILE_SHAPE',
  'DOCUMENT_INVALID',
  'FILE_UNREADABLE',
]);

export function clientsReport(survey: Survey, findings: readonly DriftFinding[]): ClientsReport {
  const clients = survey.detections.map(({ client, isInstalled, sign }) => ({
    id: client.id,
    title: client.title,
    installed: isInstalled,
    ...(sign !== undefined && { sign }),
    restart: client.restart,
    cautions: client.cautions ?? [],
    files: survey.plan.files
      .filter(({ file }) => file.clients.includes(client))
      .map(({ file, current, wanted }) => {
        const own = findings.filter(({ path }) => path === file.path);
        return {
          path: file.path,
          scope: file.scope,
          exists: file.exists,
          valid: own.every(({ code, severity }) => severity !== 'error' || !INVALID.has(code)),
          servers: current,
          wanted,
          drift: [...new Set(own.map(({ code }) => code))],
        };
      }),
  }));
  return { clients, findings };
}

export function renderClients({ clients, findings }: ClientsReport, style: Style, width: number): string {
  const installed = clients.filter(({ installed: is, files }) => is || files.length > 0);
  const rows = installed.flatMap(({ id, files, installed: is }) =>
    files.map((file, index) => [
      index === 0 ? id : '',
      index === 0 ? (is ? 'yes' : 'no') : '',
      file.scope,
      `${file.servers.length}/${file.wanted.length}`,
      fileState(file, style),
      file.path,
    ]),
  );
  const missing = clients
    .filter(({ id }) => installed.every((client) => client.id !== id))
    .map(({ id }) => id);
  const head = ['client', 'found', 'scope', 'servers', 'state', 'file'].map((word) => style.dim(word));
  return [
    ...(rows.length > 0 ? [table({ head, rows, width })] : ['No AI client was found on this machine.']),
    ...(findings.length > 0
      ? ['', ...findings.map((finding) => renderProblem(finding, style).trimStart())]
      : []),
    ...(missing.length > 0 ? ['', style.dim(`not found: ${missing.join(', ')}`)] : []),
  ].join('\n');
}

function fileState({ exists, valid, drift }: ClientFileReport, style: Style): string {
  if (!valid) return style.red('broken');
  if (drift.length > 0) return style.yellow('differs');
  return exists ? style.green('ok') : style.dim('no file');
}
