// The Debian packages the tests need, installed when missing; without root or apt, says which are missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Executable → Debian package. */
const NEEDED = {
  amtool: 'prometheus-alertmanager',
  chromium: 'chromium',
  'dbus-daemon': 'dbus',
  'docker-credential-secretservice': 'golang-docker-credential-helpers',
  'redis-server': 'redis-server',
  'gnome-keyring-daemon': 'gnome-keyring',
  git: 'git',
  initdb: 'postgresql',
  promtool: 'prometheus',
  psql: 'postgresql-client',
  python3: 'python3-venv',
  tmux: 'tmux',
  unzip: 'unzip',
};

export async function installServices() {
  const missing = Object.entries(NEEDED).filter(([executable]) => !isOnPath(executable));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    console.error(`The tests need ${packages.join(', ')}. Install them, e.g.: sudo ${command}`);
    process.exit(1);
  }
  console.log(`installing ${packages.join(', ')}`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-q'], options);
  const { status } = spawnSync('apt-get', command.split(' ').slice(1), options);
  const still = missing.filter(([executable]) => !isOnPath(executable));
  if (status !== 0 || still.length > 0) {
    console.error(
      `Could not install ${packages.join(', ')} (exit ${status}). Install them and run npm test again.`,
    );
    process.exit(1);
  }
}

/** Debian keeps the programs of a PostgreSQL server away from PATH. */
function postgresFolders() {
  try {
    return readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}

function isOnPath(executable) {
  return [...(process.env.PATH ?? '').split(delimiter), ...postgresFolders()].some((folder) => {
    try {
      accessSync(join(folder, executable), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
