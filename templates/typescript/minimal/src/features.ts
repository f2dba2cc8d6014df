import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { Features } from './server.ts';
import { registerTools } from './tools.ts';

export async function openFeatures(config: Config, log: Log): Promise<Features> {
  return {
    instructions: 'Converts lengths. List the units first when a unit is not certain.',
    register(server) {
      registerTools(server, { config, log });
      registerResources(server);
      registerPrompts(server);
    },
    close: async () => {},
  };
}
