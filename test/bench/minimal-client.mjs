// The floor for one-shot commands, ending each server as the specification asks: end of input, then its exit. `call
// <program…>`: one echo. `health <count> <program…>`: that many servers at once, each greeted and asked for its tools.
import { stdioSession } from './sessions.mjs';

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'call') {
  const session = await stdioSession(rest[0], rest.slice(1));
  console.log(JSON.stringify(await session.call('echo', { message: 'hello' })));
  await session.close();
} else {
  const [count, command, ...args] = rest;
  const check = async () => {
    const session = await stdioSession(command, args);
    const { tools } = await session.ask('tools/list', {});
    await session.close();
    return tools.length;
  };
  console.log(await Promise.all(Array.from({ length: Number(count) }, check)));
}
