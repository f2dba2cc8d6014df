import { McpctlError } from '../core/errors.ts';
import type { ClientAdapter } from './adapter.ts';
import { amp } from './adapters/amp.ts';
import { claudeCode } from './adapters/claude-code.ts';
import { claudeDesktop } from './adapters/claude-desktop.ts';
import { cline } from './adapters/cline.ts';
import { codex } from './adapters/codex.ts';
import { copilotCli } from './adapters/copilot-cli.ts';
import { cursor } from './adapters/cursor.ts';
import { geminiCli } from './adapters/gemini-cli.ts';
import { goose } from './adapters/goose.ts';
import { jetbrainsAi } from './adapters/jetbrains-ai.ts';
import { junie } from './adapters/junie.ts';
import { kiro } from './adapters/kiro.ts';
import { lmStudio } from './adapters/lm-studio.ts';
import { opencode } from './adapters/opencode.ts';
import { vscode } from './adapters/vscode.ts';
import { warp } from './adapters/warp.ts';
import { windsurf } from './adapters/windsurf.ts';
import { zed } from './adapters/zed.ts';

/** Every client mcpctl knows, in the order they are listed. */
export const CLIENTS: readonly ClientAdapter[] = [
  claudeDesktop,
  claudeCode,
  cursor,
  vscode,
  windsurf,
  zed,
  codex,
  geminiCli,
  copilotCli,
  opencode,
  cline,
  jetbrainsAi,
  junie,
  lmStudio,
  goose,
  amp,
  kiro,
  warp,
];

/** The ids of all, in the same order. */
export const CLIENT_IDS: readonly string[] = CLIENTS.map(({ id }) => id);

/** The adapters with these ids, in the order of `CLIENTS`. Throws CLIENT_UNKNOWN. */
export function clientsNamed(ids: readonly string[]): ClientAdapter[] {
  const unknown = ids.find((id) => !CLIENT_IDS.includes(id));
  if (unknown !== undefined) {
    throw new McpctlError('CLIENT_UNKNOWN', `There is no client ${JSON.stringify(unknown)}.`, {
      hint: `Known clients: ${CLIENT_IDS.join(', ')}`,
    });
  }
  return CLIENTS.filter(({ id }) => ids.includes(id));
}
