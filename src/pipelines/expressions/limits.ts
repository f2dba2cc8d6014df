/** Longest expression, and longest text with expressions in it, in UTF-16 units. */
export const LONGEST_SOURCE = 64 * 1024;
/** Parts an expression may have. */
export const MOST_NODES = 1000;
/** Words and signs of those: more are not even read. */
export const MOST_TOKENS = 4000;
/** How deep brackets, `!` and calls may be nested, and how deep values are looked into. */
export const DEEPEST = 32;
/** Longest text a function makes, in UTF-16 units. What a step answered may be longer, and is handed on as it is. */
export const LONGEST_TEXT = 256 * 1024;
/** Work one evaluation may take: a part of the expression counts one, and so does a member a function looks at. */
export const MOST_STEPS = 20_000;
