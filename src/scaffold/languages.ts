/** What differs between the languages a new server may be written in. Its templates lie in a folder of its id. */
export interface Language {
  readonly id: string;
  readonly title: string;
  /** Ending of the files in which names and defaults are literals. */
  readonly ending: string;
  /** What its formatter puts around a string. */
  readonly quote: "'" | '"';
  /** How a default stands in the code. */
  readonly asDefault: (literal: string) => string;
}

export const LANGUAGES = [
  {
    id: 'typescript',
    title: 'TypeScript',
    ending: '.ts',
    quote: "'",
    asDefault: (literal) => `.default(${literal})`,
  },
  { id: 'python', title: 'Python', ending: '.py', quote: '"', asDefault: (literal) => ` = ${literal}` },
] as const satisfies readonly Language[];

export type LanguageId = (typeof LANGUAGES)[number]['id'];
