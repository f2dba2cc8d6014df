/** Orders to a model that no description needs, as they were found in servers that meant harm. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:ignore|disregard|forget|override)\b.{0,20}\b(?:previous|prior|above|earlier|other|all|any|system)\b.{0,20}\b(?:instruction|rule|message|prompt|direction|guideline)s?\b/i,
    'it tells the model to ignore its instructions',
  ],
  [
    /\b(?:do not|don['’]t|never|without)\b.{0,20}\b(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|revealing|show|showing|asking)\b.{0,30}\b(?:the |your )?(?:user|human|anyone)\b/i,
    'it tells the model to hide something from the user',
  ],
  [
    /<\s*\/?\s*(?:important|system|secret|hidden|instructions?|admin)\s*>/i,
    'it has tags that look like orders',
  ],
  [
    /<\|(?:im_start|im_end|system|user|assistant)\|>|\[\/?INST\]/,
    'it has the marks that separate messages of a model',
  ],
  [
    /\b(?:before|prior to|whenever|each time|every time)\b.{0,30}\b(?:using|calling|invoking|use|call|invoke|running)\b.{0,20}\b(?:any|all|every|another|other)\b.{0,15}\btools?\b/i,
    'it gives orders for calls of other tools',
  ],
  [
    /(?:~|\$HOME|\/home\/\w+|\/root)\/\.(?:ssh|aws|gnupg|kube|npmrc|netrc|cursor|claude|docker)\b|\bid_(?:rsa|ed25519)\b|\.git-credentials\b|\/etc\/(?:passwd|shadow)\b|claude_desktop_config\.json|\.cursor\/mcp\.json/i,
    'it names a file with keys or settings of the user',
  ],
  [
    /\b(?:send|forward|upload|post|transmit|include|append|pass|copy|put)\b.{0,60}\b(?:conversation|chat history|system prompt|previous messages|message history|private keys?|contents of (?:the )?(?:file|context))\b/i,
    'it asks the model to hand over what it knows',
  ],
];

/** What in a text reads like orders to a model. */
export function ordersIn(text: string): string[] {
  return PATTERNS.flatMap(([pattern, what]) => (pattern.test(text) ? [what] : []));
}
