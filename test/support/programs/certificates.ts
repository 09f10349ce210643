import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether this machine can make certificates. */
export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Files of a certificate. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own, in a folder of the test. */
export function createAuthority(folder: string, name: string): Certificate {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  openssl('req', '-x509', ...newKey, '-out', cert, '-days', '2', '-subj', `/CN=${name}`);
  return { cert, key };
}

/** A certificate of an authority for the address or name in `san`, such as `IP:127.0.0.1`. */
export async function issue(folder: string, authority: Certificate, name: string, san: string): Promise<Certificate> {
  const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) =>
    join(folder, `${name}.${end}`),
  ) as [string, string, string, string];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  openssl('req', ...newKey, '-out', request, '-subj', `/CN=${name}`);
  await writeFile(extensions, `subjectAltName=${san}\n`);
  const by = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-days', '2', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...by, '-out', cert);
  return { cert, key };
}
