// `mcpctl search <words>` as one CommonJS file, like `quick-list.ts`: people look for servers one search after another.
import { join } from 'node:path';
import { runProcess } from './app/process.ts';
import { searchAndShow } from './flows/search/search-and-show.ts';

const script = join(__dirname, '..', 'bin', 'mcpctl.js');
void runProcess({ process, argv: process.argv.slice(2), script }, async ([, ...words], context) => {
  await searchAndShow({ text: words.join(' ') }, context);
});
