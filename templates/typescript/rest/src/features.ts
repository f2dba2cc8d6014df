import { createApi } from './api/request.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { Features } from './server.ts';
import { registerTools } from './tools.ts';

export async function openFeatures(config: Config, log: Log): Promise<Features> {
  const api = createApi(config, log);
  return {
    instructions: 'Finds, reads and creates items. Search before you create, so that nothing is there twice.',
    register(server) {
      registerTools(server, { api, log });
      registerResources(server, api);
      registerPrompts(server);
    },
    close: async () => {},
  };
}
