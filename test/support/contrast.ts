import type { Page } from 'playwright-core';

/** Every text whose contrast to what is behind it is lower, by the formula of WCAG 2, with its ratio. */
export async function textBelowContrast(page: Page, least: number): Promise<string[]> {
  const found = (await page.evaluate(CONTRASTS)) as { text: string; ratio: number }[];
  if (found.length === 0) throw new Error('there is no text');
  return found.filter(({ ratio }) => ratio < least).map(({ text, ratio }) => `${ratio.toFixed(2)} ${text}`);
}

const CONTRASTS = `(() => {
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+(?:e-?\\d+)?/g).map(Number);
    const [r, g, b, alpha = 1] = numbers;
    return text.startsWith('color(') ? [r * 255, g * 255, b * 255, alpha] : [r, g, b, alpha];
  };
  const over = ([r, g, b, alpha], below) =>
    [r, g, b].map((part, index) => part * alpha + below[index] * (1 - alpha)).concat(1);
  const behind = (element) => {
    if (!element) return [255, 255, 255, 1];
    const color = parse(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, behind(element.parentElement));
  };
  const light = (color) => color.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    // What cannot be used needs no contrast, and what is not shown has none.
    if (text === '' || element.closest('script, style, noscript, :disabled')) continue;
    if (!element.checkVisibility() || element.closest('.unseen, thead') && element.getBoundingClientRect().width < 2) continue;
    const ground = behind(element);
    const [high, low] = [light(over(parse(getComputedStyle(element).color), ground)), light(ground)].sort((a, b) => b - a);
    found.push({ text: text.slice(0, 60), ratio: (high + 0.05) / (low + 0.05) });
  }
  return found;
})()`;
