import type { ServerDescription } from '../../src/docs/server-description.ts';

/** Texts a server could send to get out of where its text belongs. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  '"><svg onload=alert(3)>',
  '</code></pre></td></table><h1>Owned</h1>',
  '`</code>` ``` ```` `',
  '```\n# Owned\n```js\nalert(4)\n```',
  '# Owned\n\n## Owned\n\nOwned\n=====\n\nOwned\n---',
  '| a | b |\n| --- | --- |\n| Owned | x |',
  '[Owned](javascript:alert(5)) ![Owned](https://evil.example/x.png) <https://evil.example>',
  '[owned]: https://evil.example "x"\n\n[owned]',
  '- Owned\n  - Owned\n1. Owned\n> Owned\n\n    Owned\n***\n___',
  '<!-- answer -->\n```\nOwned\n```',
  '<!-- Owned',
  '&lt;b&gt; &#60; &amp;',
  '*Owned* __Owned__ ~~Owned~~ $Owned$',
  'end with a backslash \\',
  '\u202eright to left\u202c \u{e0041}\u{e0042} zero\u200bwidth',
  'bell\u0007 escape\u001b[31m null\u0000 next\u0085line sep\u2028arator',
  'tab\tand\r\nline end\rold',
];

/** A server that says the text wherever it can say something. */
export function hostileServer(text: string): ServerDescription {
  const schema = {
    type: 'object',
    properties: {
      [text]: { type: text, description: text, default: text, enum: [text], pattern: text, examples: [text] },
    },
    required: [text],
  };
  return {
    name: 'hostile',
    title: text,
    version: text,
    description: text,
    instructions: text,
    protocolVersion: text,
    tools: [
      {
        name: text,
        title: text,
        description: text,
        inputSchema: schema,
        outputSchema: schema,
        annotations: {},
      },
      { name: `${text} `, description: text, inputSchema: { type: 'object' } },
    ],
    resources: [{ uri: text, title: text, mimeType: text, description: text }],
    templates: [{ uriTemplate: text, name: text }],
    prompts: [
      { name: text, title: `${text} `, description: text, arguments: [{ name: text, description: text }] },
    ],
    examples: [{ tool: text, arguments: { [text]: text }, answer: text, isJson: false, isError: false }],
    variables: [
      { name: text, description: text, required: true, secret: true, default: text, choices: [text] },
    ],
    installation: {
      command: text,
      snippets: [{ clients: [text], language: 'json', text, hasBlanks: true }],
      left: [{ client: text, why: text }],
    },
  };
}
