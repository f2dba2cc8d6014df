import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';

export const certificates: Check = {
  id: 'certificates',
  area: 'machine',
  title: 'Extra certificates',
  async run({ machine }) {
    const path = machine.env.NODE_EXTRA_CA_CERTS;
    if (!path) return { findings: [], detail: 'none' };
    const text = await machine.files.read(path);
    const fix = {
      command: 'unset NODE_EXTRA_CA_CERTS',
      description: 'goes back to the certificates Node brings along',
      isSafe: false,
    };
    if (text === undefined) {
      return {
        findings: [
          finding('CA_FILE_MISSING', {
            subject: path,
            message: `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read.`,
            cause: 'The file was moved, or the variable is set for another machine.',
            fix,
          }),
        ],
      };
    }
    if (
      !text.includes('-----BEGIN CERTIFICATE-----') &&
      !text.includes('-----BEGIN TRUSTED CERTIFICATE-----')
    ) {
      return {
        findings: [
          finding('CA_FILE_INVALID', {
            subject: path,
            message: `NODE_EXTRA_CA_CERTS names ${path}, which holds no PEM certificate.`,
            cause: 'The file is in another format (DER, PKCS#12) or something else.',
            fix: {
              command: `openssl x509 -inform der -in ${path} -out ca.pem`,
              description: 'turns a DER certificate into PEM',
              isSafe: false,
            },
          }),
        ],
      };
    }
    return { findings: [], detail: path };
  },
};
