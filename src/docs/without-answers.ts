import { ANSWER_MARK } from './markdown.ts';

/**
 * A page without what calls answered: two pages are the same documentation when these are equal. Follows code blocks
 * from the first line on, so that nothing within one is taken for a mark.
 */
export function withoutAnswers(text: string, format: 'markdown' | 'html'): string {
  if (format === 'html')
    return text.replaceAll(
      /<pre class="answer"[^>]*><code>[^<]*<\/code><\/pre>/g,
      '<pre class="answer"></pre>',
    );
  const kept: string[] = [];
  let fence: string | undefined;
  let isAnswer = false;
  let before = '';
  for (const line of text.split('\n')) {
    if (fence === undefined) {
      fence = /^`{3,}/.exec(line)?.[0];
      isAnswer = fence !== undefined && before === ANSWER_MARK;
      kept.push(line.replace(isAnswer ? /^.*$/ : /^$/, isAnswer ? '```' : ''));
    } else if (line === fence) {
      fence = undefined;
      kept.push(isAnswer ? '```' : line);
    } else if (!isAnswer) kept.push(line);
    before = line;
  }
  return kept.join('\n');
}
