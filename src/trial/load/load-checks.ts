import type { Check } from '../check.ts';
import type { Scene } from '../scene.ts';
import { type Loaded, type LoadOptions, runLoad } from './run-load.ts';

const MEGABYTE = 1_048_576;
/** Growth in each third of the time that no warming up explains. */
const LEAK_BYTES = 32 * MEGABYTE;

/** The checks of a server under load; both look at the same run. */
export function loadChecks(options: LoadOptions): readonly Check[] {
  let running: Promise<Loaded> | undefined;
  const load = async (scene: Scene): Promise<Loaded> => {
    running ??= runLoad(scene, options);
    const loaded = await running;
    scene.load = loaded.figures;
    return loaded;
  };
  return [
    {
      id: 'load-answers',
      eras: 'first',
      async examine(scene) {
        const { figures, firstFailure } = await load(scene);
        if (figures.requests === 0) return { skipped: 'there is nothing to ask that changes nothing' };
        if (firstFailure === undefined) return [];
        return [
          {
            message: `${figures.failures} of ${figures.requests} requests failed, the first: ${firstFailure}`,
          },
        ];
      },
    },
    {
      id: 'load-memory',
      eras: 'first',
      only: 'stdio',
      async examine(scene) {
        const { memory, figures } = await load(scene);
        const [first = 0, second = 0, third = 0] = memory;
        if (!figures.memory) return { skipped: 'nobody can tell its memory here' };
        if (second - first < LEAK_BYTES || third - second < LEAK_BYTES) return [];
        const shown = [first, second, third].map((bytes) => Math.round(bytes / MEGABYTE)).join(', ');
        return [
          {
            message: `its memory grew all the time: ${shown} MB at each third of ${figures.requests} requests`,
          },
        ];
      },
    },
  ];
}
