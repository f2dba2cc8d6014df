import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cli.ts';
import { freePort } from './free-port.ts';

export interface Prometheus {
  /** Series an expression gives now. */
  query(expression: string): Promise<readonly object[]>;
}

/** Debian's Prometheus with a configuration file, on a port of its own; ends with the test. */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const [data, port] = [await temporaryFolder(), await freePort()];
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${data}`];
  const child = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], {
    cwd: dirname(config),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  let stderr = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
      if (stderr.includes('Server is ready')) resolve();
    });
    void closed.then(() => reject(new Error(`prometheus ended\n${stderr}`)));
  });
  return {
    async query(expression) {
      const body = new URLSearchParams({ query: expression });
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query`, { method: 'POST', body });
      const answer = (await response.json()) as {
        status: string;
        error?: string;
        data: { result: object[] };
      };
      if (answer.status !== 'success') throw new Error(`${expression}\n${answer.error}`);
      return answer.data.result;
    },
  };
}
