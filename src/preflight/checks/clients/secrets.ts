import { stringsOf } from '../../../clients/entry.ts';
import { decodeStrictly } from '../../../clients/ownership.ts';
import { findLiteralSecret } from '../../../core/secret-patterns.ts';
import type { ClientCheck } from '../../client-check.ts';
import { finding } from '../../finding.ts';

export const secrets: ClientCheck = {
  id: 'secrets',
  async run({ client, files }) {
    return files.flatMap(({ section, plan: { file } }) =>
      [...(section?.entries ?? [])].flatMap(([name, value]) => {
        const entry = decodeStrictly(file.shape, value);
        const fields = entry
          ? stringsOf(entry).filter(({ key, value: text }) => findLiteralSecret(key, text))
          : [];
        if (fields.length === 0) return [];
        const where = fields.map(({ field, key }) => (field === key ? field : `${field} ${key}`)).join(', ');
        return [
          finding('CLIENT_SECRET_LITERAL', {
            subject: `${client.id} ${name}`,
            message: `${file.path} holds a secret in clear text: ${name}, ${where}.`,
            cause: 'It was pasted into the entry; whoever reads the file, a backup or a screen share has it.',
            fix: {
              command: `mcpctl import --client ${client.id}`,
              description: 'moves the secret into the keychain and the entry into the manifest',
              isSafe: false,
            },
          }),
        ];
      }),
    );
  },
};
