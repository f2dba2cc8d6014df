import type { Context } from '../../cli/context.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { asKnown } from '../../core/errors.ts';
import { createFetch } from '../../platform/fetch.ts';
import { createEmbedder, EmbeddingsUnusable } from '../../routing/meaning/embedder.ts';
import { opinionOn } from '../../routing/meaning/opinion.ts';
import { createVectorFile } from '../../routing/meaning/vector-file.ts';
import type { RankOptions } from '../../routing/rank.ts';
import type { RoutingIndex } from '../../routing/routing-index.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import { readSettings } from '../../settings/read.ts';

export interface Meaning {
  readonly opinion?: RankOptions['opinion'];
  /** Absent where the settings name no service. */
  readonly meaning?: { readonly isUsed: boolean; readonly why?: string };
}

/** What the service of the settings thinks of a task. Whatever goes wrong with it, the words are still there. */
export async function meaningHere(task: string, index: RoutingIndex, context: Context): Promise<Meaning> {
  const { settings } = await readSettings(context);
  const { url, model, key, timeoutMs } = settings.routing.embeddings;
  if (url === undefined || model === undefined || index.candidates.length === 0) return {};
  const line = progressLine(context.output);
  try {
    const { values } = await resolverFor(context, { scope: 'user' }).resolve(
      key === undefined ? {} : { key },
    );
    const { env, paths } = context;
    const fetch = createFetch({
      env,
      allowPrivate: ['loopback', new URL(url).hostname, ...settings.network.allowPrivate],
    });
    const embedder = createEmbedder({ url, model, key: values.key, fetch });
    const opinion = await opinionOn(task, index, {
      embedder,
      file: createVectorFile(paths.cache, embedder.id),
      timeoutMs,
      progress: (done, of) => line.show(`Meanings of tools: ${done} of ${of}`),
    });
    return { opinion, meaning: { isUsed: true } };
  } catch (error) {
    if (error instanceof EmbeddingsUnusable) return { meaning: { isUsed: false, why: error.message } };
    const { code, message } = asKnown(error);
    if (code === 'CANCELLED' || code === 'INTERNAL') throw error;
    return { meaning: { isUsed: false, why: message } };
  } finally {
    line.clear();
  }
}
