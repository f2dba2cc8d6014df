import type { RecordedRequest } from './record.ts';

const NAMES = [
  ...['access_token', 'refresh_token', 'registration_access_token', 'client_secret'],
  ...['code', 'code_verifier', 'device_code'],
];
const PATTERN = new RegExp(`(?:^|["&?])(?:${NAMES.join('|')})"?[=:]\\s*"?([\\w.~-]{16,})`, 'g');

/** Every token, code and verifier in what an authorization server was sent and answered. */
export function secretsIn(requests: readonly RecordedRequest[]): string[] {
  const texts = requests.flatMap(({ text, answer }) => [
    text,
    answer?.body ?? '',
    String(answer?.headers.location ?? ''),
  ]);
  const found = texts.flatMap((text) => [...text.matchAll(PATTERN)].map(([, secret = '']) => secret));
  return [...new Set(found)];
}
