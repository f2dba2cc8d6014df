export interface HtmlPage {
  /** All of them are HTML. */
  readonly title: string;
  /** What stands in the head besides: styles, icons. */
  readonly head: string;
  readonly body: string;
}

/** A whole page on this machine, for light and dark and for any width; no search engine is to keep it. */
export function htmlPage({ title, head, body }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;
}
