import { type ChildProcess, spawn } from 'node:child_process';

/** Ends process groups when this process is gone, also after a SIGKILL, which leaves it no time for anything. */
export interface Watchdog {
  watch(pid: number): void;
  /** The group has ended. */
  release(pid: number): void;
}

/**
 * Reads `+ pid` and `- pid` until its input ends, which it does with the process that writes them, however that ends.
 * Groups that are left then get two seconds to follow the end of their own input, SIGTERM, and one second later SIGKILL.
 * No name that could be resolved differently: only what a POSIX shell has built in, and sleep.
 */
const SCRIPT = `trap '' HUP INT TERM
all=' '
while read -r sign pid; do
  case $sign in
    +) all="$all$pid " ;;
    -) case $all in *" $pid "*) all="\${all%% $pid *} \${all#* $pid }" ;; esac ;;
  esac
done
left() { for pid in $all; do kill -0 "-$pid" 2>/dev/null && return 0; done; return 1; }
send() { for pid in $all; do kill "-$1" "-$pid" 2>/dev/null; done; }
wait_for() { n=$1; while [ "$n" -gt 0 ] && left; do sleep 0.2; n=$((n - 1)); done; }
wait_for 10; left || exit 0
send TERM; wait_for 5; left || exit 0
send KILL`;

/** One for all groups of this process; started with the first of them. Not for Windows, which has no groups. */
export function createWatchdog(): Watchdog {
  let shell: ChildProcess | undefined;
  const say = (line: string): void => {
    if (shell?.stdin?.writable) shell.stdin.write(`${line}\n`);
  };
  return {
    watch(pid) {
      shell ??= begin();
      say(`+ ${pid}`);
    },
    release: (pid) => say(`- ${pid}`),
  };
}

function begin(): ChildProcess {
  // Apart from our own group, which a terminal ends as a whole.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
  });
  // Without it programs still see the end of their input.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as unknown as { unref?(): void }).unref?.();
  return shell;
}
