import { Agent, request } from 'node:http';
import { Agent as SecureAgent, type AgentOptions as SecureOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** An agent whose connections to `target` are tunnels (CONNECT) through the proxy. */
export function createProxyAgent(proxy: URL, target: URL): Agent {
  const isSecure = target.protocol === 'https:';
  const agent = isSecure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const port = target.port || (isSecure ? '443' : '80');
  const create = (
    options: SecureOptions,
    done: (error: Error | null, socket?: Duplex) => void,
  ): undefined => {
    tunnel(proxy, `${target.hostname}:${port}`).then(
      (socket) => {
        if (!isSecure) return done(null, socket);
        const secure = connect({ ...options, socket, servername: target.hostname });
        done(null, secure);
      },
      (error) => done(error),
    );
  };
  return Object.assign(agent, { createConnection: create });
}

function tunnel(proxy: URL, path: string): Promise<Duplex> {
  const { hostname, port, username, password } = proxy;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const headers = {
    host: path,
    ...(username !== '' && { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }),
  };
  return new Promise((resolve, reject) => {
    const asking = request({
      host: hostname,
      port: port || 80,
      method: 'CONNECT',
      path,
      headers,
      agent: false,
    });
    asking.on('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
    });
    asking.on('error', reject);
    asking.end();
  });
}
