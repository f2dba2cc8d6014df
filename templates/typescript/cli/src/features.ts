import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createProgram } from './program.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { Features } from './server.ts';
import { registerTools } from './tools.ts';

export async function openFeatures(config: Config, log: Log): Promise<Features> {
  const program = createProgram(config, log);
  return {
    instructions: `Runs ${config.PROGRAM}. A status other than zero means that the command failed; stderr says why.`,
    register(server) {
      registerTools(server, { program, log });
      registerResources(server);
      registerPrompts(server);
    },
    close: async () => {},
  };
}
