#!/usr/bin/env node
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { openFeatures } from './features.ts';
import { serveHttp } from './http.ts';
import { createLog } from './log.ts';
import { createServer } from './server.ts';
import { serveStandardStreams } from './stdio.ts';

/** Milliseconds that calls in flight get when the process is told to end. */
const PATIENCE_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const log = createLog({ level: config.LOG_LEVEL, stream: process.stderr });
  const features = await openFeatures(config, log);
  const factory = () => createServer(features);
  const serving =
    config.MCP_TRANSPORT === 'http'
      ? await serveHttp({ config, factory, log })
      : serveStandardStreams({ factory, log, stdin: process.stdin });

  let isStopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info('stopping', { reason });
    // What does not end by itself is ended.
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    await serving.close();
    await features.close();
    log.info('stopped');
  };
  process.once('SIGINT', () => void stop('SIGINT'));
  process.once('SIGTERM', () => void stop('SIGTERM'));
  void serving.ended.then(() => stop('the client is gone'));
}

try {
  await main();
} catch (error) {
  const isConfig = error instanceof ConfigError;
  const text = isConfig ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(isConfig ? 2 : 1);
}
