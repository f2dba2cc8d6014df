import { KNOWN_CAPABILITIES } from '../../../src/calls/equivalents/known.ts';
import { DEFAULT_CALL_SETTINGS } from '../../../src/settings/call-settings.ts';
import { markdownTable, page } from './markdown.ts';

/** docs/reference/stand-ins.md: which tools answer for each other. */
export function standInsPage(): string {
  const usual = DEFAULT_CALL_SETTINGS.standIns.capabilities;
  return page('Tools that stand in for each other', 'src/calls/equivalents/known.json', [
    'When a read of one of these cannot be answered, the next that you have is asked, best first. [Rules for calls](../guides/policy-and-limits.md) tells when, and how to change that.',
    ...Object.entries(KNOWN_CAPABILITIES).flatMap(([name, { title, about, tools }]) => [
      `## ${name}`,
      `${title}. ${about}${usual.includes(name) ? '' : ' `standIns.capabilities` has to name it.'}`,
      markdownTable(
        ['server', 'tool', 'arguments that have a counterpart'],
        tools.map(({ server, tool, arguments: forms = {} }) => [
          server,
          `\`${tool}\``,
          Object.entries(forms)
            .filter(([, form]) => form !== '')
            .map(([parameter, form]) => {
              const names = [typeof form === 'string' ? form : form.argument].flat().join(', ');
              return names === parameter ? names : `${names} (${parameter})`;
            })
            .join('; '),
        ]),
      ),
    ]),
  ]);
}
