import { escapeHtml } from '../../core/html-text.ts';
import { factsOf } from '../check-ids.ts';
import { AREAS } from '../codes/check-facts.ts';
import type { Trial, Verdict } from '../run-trial.ts';

/** A report as the JUnit readers of CI systems take it. Warnings stand in the output of checks that passed. */
export function junitReport(trial: Trial): string {
  const suites = AREAS.flatMap((area) => {
    const verdicts = trial.verdicts.filter((verdict) => verdict.area === area);
    if (verdicts.length === 0) return [];
    const count = (status: Verdict['status']): number =>
      verdicts.filter((one) => one.status === status).length;
    const facts = {
      name: `${trial.server} ${area}`,
      tests: verdicts.length,
      failures: count('failed'),
      skipped: count('skipped'),
      time: seconds(verdicts.reduce((sum, { duration }) => sum + duration, 0)),
    };
    return [
      `  <testsuite${attributes(facts)}>`,
      ...verdicts.flatMap((one) => testCase(one, trial)),
      '  </testsuite>',
    ];
  });
  const all = {
    name: 'mcpctl test-server',
    tests: trial.verdicts.length,
    failures: trial.failed,
    time: seconds(trial.duration),
  };
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes(all)}>`, ...suites, '</testsuites>'].join('\n')}\n`;
}

function testCase(verdict: Verdict, { server }: Trial): string[] {
  const { id, area, version, subject, status, problems, reason, duration } = verdict;
  const name = [id, subject, version].filter((part) => part !== undefined).join(' ');
  const head = `    <testcase${attributes({ classname: `${server}.${area}`, name, time: seconds(duration) })}>`;
  const text = problems
    .map((problem) => `${problem.subject === undefined ? '' : `${problem.subject}: `}${problem.message}`)
    .join('\n');
  if (status === 'skipped')
    return [head, `      <skipped${attributes({ message: reason ?? '' })}/>`, '    </testcase>'];
  if (status === 'failed') {
    const [first] = text.split('\n');
    const body = xmlText(`${text}\nWhat to do: ${factsOf(id).remedy}`);
    return [
      head,
      `      <failure${attributes({ type: id, message: first ?? '' })}>${body}</failure>`,
      '    </testcase>',
    ];
  }
  if (status === 'warned')
    return [head, `      <system-out>${xmlText(text)}</system-out>`, '    </testcase>'];
  return [head.replace(/>$/, '/>')];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** XML has no way to write most control characters. */
function xmlText(text: string): string {
  return escapeHtml(
    text.replaceAll(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    ),
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
