import type { HiddenInTool } from '../../mcp/hidden-in-tools.ts';
import type { Tool } from '../../mcp/tools.ts';

/** `unlocked`: nothing was locked that could differ. `pending`: shown only. */
type Approval = 'approved' | 'unchanged' | 'unlocked' | 'pending' | 'failed';

export interface ApprovedServer {
  readonly server: string;
  readonly outcome: Approval;
  readonly changed: readonly Tool[];
  readonly added: readonly Tool[];
  /** Names. */
  readonly gone: readonly string[];
  /** Tools with characters nobody sees. */
  readonly hidden: readonly HiddenInTool[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}
