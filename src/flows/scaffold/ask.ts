import type { Context } from '../../cli/context.ts';
import { execute } from '../../platform/execute.ts';
import type { Choice } from '../../platform/prompt.ts';
import { ACCESSES } from '../../scaffold/access.ts';
import {
  type Answers,
  LICENCES,
  problemWithApiUrl,
  problemWithProgram,
  variantOf,
} from '../../scaffold/answers.ts';
import { LANGUAGES } from '../../scaffold/languages.ts';
import type { ApiDescription } from '../../scaffold/openapi/operation.ts';
import { VARIANTS } from '../../scaffold/variants.ts';
import type { NewServerFlags } from './flags.ts';

type Wraps = Answers['wraps'];

/** What the server wraps: a flag, what another flag means, or the question. */
export async function askWraps(flags: NewServerFlags, context: Context): Promise<Wraps> {
  if (flags.openapi !== undefined) return 'openapi';
  if (flags.wraps) return flags.wraps;
  if (flags.program !== undefined) return 'cli';
  if (flags.apiUrl !== undefined) return 'rest';
  return await choose(context, flags, {
    message: 'What does the server wrap?',
    flag: '--wraps <what>',
    choices: VARIANTS.map(({ id, title }) => ({ value: id, name: title })),
  });
}

/** The path or address of the OpenAPI document. */
export async function askDocument(flags: NewServerFlags, { prompt }: Context): Promise<string> {
  if (flags.openapi !== undefined) return flags.openapi;
  return await prompt.text({
    message: 'Where is the OpenAPI document? (path or address)',
    flag: '--openapi <file or url>',
  });
}

/** The answers that are left, each from its flag, its question, or its default with `--yes`. */
export async function askAnswers(
  given: { readonly name: string; readonly wraps: Wraps; readonly api?: ApiDescription | undefined },
  flags: NewServerFlags,
  context: Context,
): Promise<Answers> {
  const { name, wraps, api } = given;
  const apiUrl = flags.apiUrl ?? api?.url ?? (await askApiUrl(wraps, flags, context));
  const program = flags.program ?? (await askProgram(wraps, flags, context));
  const language =
    flags.language ??
    (await choose(context, flags, {
      message: 'In which language is it written?',
      flag: '--language <language>',
      choices: LANGUAGES.map(({ id, title }) => ({ value: id, name: title })),
    }));
  const transport =
    flags.transport ??
    (await choose(context, flags, {
      message: 'How do clients reach it?',
      flag: '--transport <kind>',
      choices: [
        { value: 'stdio' as const, name: 'standard streams: clients start it' },
        { value: 'http' as const, name: 'Streamable HTTP: it runs by itself' },
      ],
    }));
  const access =
    flags.auth ??
    (transport === 'stdio'
      ? 'none'
      : await choose(context, flags, {
          message: 'How do callers over HTTP show who they are?',
          flag: '--auth <kind>',
          choices: ACCESSES.map(({ id, title }) => ({ value: id, name: title })),
        }));
  const licence =
    flags.license ??
    (await choose(context, flags, {
      message: 'Which licence?',
      flag: '--license <licence>',
      choices: LICENCES.map((value) => ({ value, name: value })),
    }));
  return {
    name,
    language,
    wraps,
    transport,
    access,
    licence,
    title: flags.title ?? titleOf(name),
    description: flags.description ?? describe(wraps, api),
    author: flags.author ?? (await gitAuthor(context)) ?? `The authors of ${name}`,
    namespace: flags.namespace ?? 'io.github.example',
    year: context.now().getFullYear(),
    apiUrl,
    program,
    api,
  };
}

/** Where nobody is asked, the template has an address and a program to replace. */
async function askApiUrl(
  wraps: Wraps,
  { yes, dryRun }: NewServerFlags,
  { prompt }: Context,
): Promise<string | undefined> {
  if (wraps !== 'rest' || yes || dryRun || !prompt.canAsk) return undefined;
  return await prompt.text({
    message: 'Where does every path of the API begin?',
    flag: '--api-url <url>',
    initial: 'https://api.example.com/v1',
    problem: problemWithApiUrl,
  });
}

async function askProgram(
  wraps: Wraps,
  { yes, dryRun }: NewServerFlags,
  { prompt }: Context,
): Promise<string | undefined> {
  if (wraps !== 'cli' || yes || dryRun || !prompt.canAsk) return undefined;
  return await prompt.text({
    message: 'Which program? (a name on PATH, or an absolute path)',
    flag: '--program <name>',
    initial: 'git',
    problem: problemWithProgram,
  });
}

/** The first choice stands for no answer, with `--yes`. */
async function choose<T>(
  { prompt }: Context,
  { yes, dryRun }: NewServerFlags,
  question: { message: string; flag: string; choices: readonly Choice<T>[] },
): Promise<T> {
  const [first] = question.choices;
  const isSilent = yes || (dryRun && !prompt.canAsk);
  return isSilent && first
    ? first.value
    : await prompt.select({ ...question, flag: `${question.flag} or --yes` });
}

/** `my-server` → `My server`. */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function describe(wraps: Wraps, api: ApiDescription | undefined): string {
  return api?.title ? `Offers ${api.title}`.slice(0, 100).trim() : variantOf(wraps).description;
}

/** Who git says the user is; undefined without git or a name. */
async function gitAuthor({ env, cwd, signal }: Context): Promise<string | undefined> {
  const args = ['config', 'user.name'];
  const asked = await execute({ command: 'git', args, env, cwd, deadline: 5_000, signal }).catch(
    () => undefined,
  );
  const name = asked?.stdout.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return name || undefined;
}
