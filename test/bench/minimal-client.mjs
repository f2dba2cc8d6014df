// The floor for one-shot commands. `call <program…>`: one echo. `health <count> <program…>`: that many servers at
// once, each greeted and asked for its tools.
import { stdioSession } from './sessions.mjs';

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'call') {
  const session = await stdioSession(rest[0], rest.slice(1));
  console.log(JSON.stringify(await session.call('echo', { message: 'hello' })));
  await session.stop();
} else {
  const [count, command, ...args] = rest;
  const check = async () => {
    const session = await stdioSession(command, args);
    const { tools } = await session.ask('tools/list', {});
    await session.stop();
    return tools.length;
  };
  console.log(await Promise.all(Array.from({ length: Number(count) }, check)));
}
