import { createHash } from 'node:crypto';
import type { Context } from '../../../cli/context.ts';
import type { InnerServer } from '../../../gateway/hub/inner-server.ts';
import type { InnerHere } from '../../../gateway/hub/open-hub.ts';
import { callsIn } from '../../../pipelines/format/pipeline.ts';
import { publishedTool } from '../../../pipelines/plan/published-tool.ts';
import type { PipelineSettings } from '../../../settings/call-settings.ts';
import { pruneOldRuns } from '../prune-flow.ts';
import { answerCall } from './answer-call.ts';
import { findPublished } from './find-published.ts';

/** Under which name the gateway offers pipelines: `chain__<pipeline>`. */
const NAME = 'chain';

/** Published pipelines as a server of the gateway. */
export interface PublishedPipelines {
  here(settings: PipelineSettings, taken: readonly string[]): Promise<InnerHere>;
  /** Settles when no run goes on any more, or after a while. */
  settled(): Promise<void>;
}

/** How long runs may take to end once they were told to, in milliseconds. */
const PATIENCE_MS = 15_000;

export function createPublishedPipelines(context: Context): PublishedPipelines {
  const running = new Set<Promise<unknown>>();
  let isPruned = false;
  return {
    async here({ files: places, unattended }, taken) {
      const { pipelines, files, notes } = await findPublished(places, context.paths);
      if (pipelines.length === 0) return { files, notes };
      if (taken.includes(NAME)) {
        const what = `Pipelines are not offered: a server of yours is called ${NAME}, too.`;
        return { files, notes: [...notes, what] };
      }
      const byName = new Map(pipelines.map((read) => [read.pipeline.published.name, read]));
      const facts = pipelines.map(({ path, digest }) => [path, digest]);
      const server: InnerServer = {
        name: NAME,
        digest: createHash('sha256')
          .update(JSON.stringify([facts, unattended]))
          .digest('hex'),
        uses: new Set(pipelines.flatMap(({ pipeline }) => callsIn(pipeline).map((one) => one.server))),
        tools: (known) => pipelines.map(({ pipeline }) => publishedTool(pipeline, known)),
        async call(call) {
          const read = byName.get(call.call.tool);
          if (!read) throw new RangeError(`There is no pipeline ${call.call.tool}.`);
          const isUnattended = unattended.includes('*') || unattended.includes(read.pipeline.published.name);
          // Old journals go with the first run; one that cannot be removed stays for the next time.
          if (!isPruned) void pruneOldRuns(context).catch(() => {});
          isPruned = true;
          const run = answerCall(read, call, { isUnattended, context });
          running.add(run);
          return await run.finally(() => running.delete(run));
        },
      };
      return { server, files, notes };
    },
    async settled() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([Promise.allSettled(running), late]);
      clearTimeout(timer);
    },
  };
}
