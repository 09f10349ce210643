import { createHash, randomBytes } from 'node:crypto';
import { isRecord, parseJson, unknownMember } from '../util/json.ts';

/** A token of the file. The token itself is not kept: it has 256 random bits, so one round of SHA-256 hides it. */
export interface TokenEntry {
  readonly name: string;
  /** SHA-256 of the token, in lower-case hex. */
  readonly sha256: string;
  readonly roles: readonly string[];
  /** Milliseconds since 1970; absent: never. */
  readonly expiresAt?: number;
}

const MEMBERS: ReadonlySet<string> = new Set(['name', 'sha256', 'roles', 'expiresAt']);
const NAME = /^[A-Za-z0-9_.@:/+-]{1,100}$/;
const SHA_256 = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
/** Names of callers without a token of the file. */
const RESERVED: ReadonlySet<string> = new Set(['anonymous', 'bearer', 'unauthenticated']);

/** Allowed names of roles in the file, in a claim and in a policy. */
export const ROLE = /^[A-Za-z0-9_.@:/+-]{1,100}$/;

/**
 * Reads a token file: `{"tokens": [{"name", "sha256", "roles", "expiresAt"}]}`.
 * @throws {Error} that lists what is wrong, one line each, without any hash
 */
export function parseTokenFile(text: string): readonly TokenEntry[] {
  const parsed = parseJson(text);
  const { tokens, ...others } = isRecord(parsed) ? parsed : {};
  if (!Array.isArray(tokens)) throw new Error('must be {"tokens": [...]}');
  const problems = Object.keys(others).map(unknownMember);
  const hashes = new Set<unknown>();
  const entries = tokens.map((token: unknown, index) => {
    const at = `tokens[${index}]`;
    if (!isRecord(token)) {
      problems.push(`${at} must be an object`);
      return undefined;
    }
    const found = [...problemsOf(token)];
    if (hashes.has(token.sha256)) found.push('repeats the sha256 of another token');
    hashes.add(token.sha256);
    problems.push(...found.map((problem) => `${at} ${problem}`));
    return toEntry(token as unknown as WrittenToken);
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return entries.filter((entry) => entry !== undefined);
}

interface WrittenToken {
  readonly name: string;
  readonly sha256: string;
  readonly roles?: readonly string[];
  readonly expiresAt?: string;
}

function toEntry({ name, sha256, roles = [], expiresAt }: WrittenToken): TokenEntry {
  return { name, sha256, roles, ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }) };
}

function* problemsOf(token: Readonly<Record<string, unknown>>): Iterable<string> {
  const { name, sha256, roles, expiresAt } = token;
  for (const member of Object.keys(token)) {
    if (!MEMBERS.has(member)) yield unknownMember(member);
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    yield 'needs a "name" of 1 to 100 letters, digits or any of _.@:/+-';
  } else if (RESERVED.has(name)) yield `may not be named "${name}"`;
  if (typeof sha256 !== 'string' || !SHA_256.test(sha256)) yield 'needs a "sha256" of 64 lower-case hex digits';
  if (
    roles !== undefined &&
    !(Array.isArray(roles) && roles.every((role) => typeof role === 'string' && ROLE.test(role)))
  )
    yield '"roles" must be a list of names of 1 to 100 letters, digits or any of _.@:/+-';
  if (
    expiresAt !== undefined &&
    !(typeof expiresAt === 'string' && INSTANT.test(expiresAt) && !Number.isNaN(Date.parse(expiresAt)))
  )
    yield '"expiresAt" must be a time with its zone, such as 2027-01-31T12:00:00Z';
}

/** The digest by which the file knows a token. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new token and its line of the file. */
export function createToken(name: string, roles: readonly string[], expiresAt: Date | undefined) {
  const token = `ecsg_${randomBytes(32).toString('base64url')}`;
  const entry = { name, sha256: digestOf(token), roles, ...(expiresAt && { expiresAt: expiresAt.toISOString() }) };
  return { token, entry };
}
