import type { Config } from './config.ts';
import { openDatabase } from './database/database.ts';
import { createCatalog } from './database/tables.ts';
import type { Log } from './log.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import type { Features } from './server.ts';
import { registerTools } from './tools.ts';

export async function openFeatures(config: Config, log: Log): Promise<Features> {
  const database = openDatabase(config, log);
  const catalog = createCatalog(database, config.ALLOWED_TABLES);
  return {
    instructions:
      'Reads a PostgreSQL database. List the tables, describe the one you need, then select rows.',
    register(server) {
      registerTools(server, { database, catalog, log, maxRows: config.MAX_ROWS });
      registerResources(server, catalog);
      registerPrompts(server);
    },
    close: () => database.close(),
  };
}
