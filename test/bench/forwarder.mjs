// The floor: starts the program it is given and passes lines both ways, whole, and nothing else.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
forward(process.stdin, child.stdin);
forward(child.stdout, process.stdout);
child.on('exit', (status) => process.exit(status ?? 1));

function forward(from, to) {
  let rest = Buffer.alloc(0);
  from.on('data', (chunk) => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      to.write(rest.subarray(0, end + 1));
      rest = rest.subarray(end + 1);
    }
  });
  from.on('end', () => to.end());
}
