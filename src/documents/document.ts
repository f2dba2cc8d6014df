import type { Json } from '../core/json.ts';

/** A place in a text file; line and column count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SyntaxProblem extends Position {
  readonly code: 'SYNTAX' | 'DUPLICATE_KEY' | 'BYTE_ORDER_MARK' | 'COMMENT' | 'TRAILING_COMMA' | 'UNSAFE_KEY';
  readonly message: string;
}

export type DocumentPath = readonly (string | number)[];

export interface DocumentEdit {
  readonly path: DocumentPath;
  /** What is to stand there; undefined takes the entry away. */
  readonly value?: Json | undefined;
}

/**
 * One parsed configuration file. Edits return new text in which only the named entry differs: comments, order,
 * indent, line ends and unknown keys stay. Each edit is parsed again by an independent parser and compared with
 * what was meant before it is returned.
 */
export interface ConfigDocument {
  readonly text: string;
  /** The content; an empty file reads as an empty object. */
  readonly value: Json;
  readonly problems: readonly SyntaxProblem[];
  /** Where the value (or with `key`, the key) at a path begins; undefined when the path does not exist. */
  positionOf(path: DocumentPath, at?: 'key' | 'value'): Position | undefined;
  /** Text with the value at the path added or replaced; parents are created as objects. */
  set(path: DocumentPath, value: Json): string;
  /** Text without the entry at the path. */
  remove(path: DocumentPath): string;
  /** Text after several edits, in their order. In a large JSON file this takes hardly longer than one. */
  edit(edits: readonly DocumentEdit[]): string;
}

/** How strict the reader of a file is: what one client forgives, another loses the file over. */
export interface Dialect {
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml';
  readonly allowComments: boolean;
  readonly allowTrailingCommas: boolean;
  readonly allowByteOrderMark: boolean;
}
