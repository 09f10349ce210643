import { isRecord } from '../../util/json.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import type { Members, Problems } from './problems.ts';

const FORMS =
  'must be {"profile"}, {"role", "externalId", "sessionName", "tags", "from"} or {"accessKeyId", "secretAccessKey"}, or absent for the default chain';
const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/;
/** The characters and lengths that STS accepts. */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const MOST_TAGS = 50;
const SESSION = 'ecs-graphql';

/** The use of credentials in the file. */
interface Purpose {
  /** The account that they must be of, if the file says it. */
  readonly account?: unknown;
  /** Whether fixed keys are allowed. */
  readonly mayHaveKeys: boolean;
}

/** Reads the credentials of a scopes file. Each may be chained from those of a source or of another scope. */
export class CredentialReader {
  readonly #problems: Problems;
  readonly #sources: Members;
  /** Every entry of `scopes`; one that is no object is empty here. */
  readonly #scopes: readonly Members[];
  /** Names that are being followed, so that a circle is found. */
  readonly #following: string[] = [];

  constructor(problems: Problems, sources: Members, scopes: readonly Members[]) {
    this.#problems = problems;
    this.#sources = sources;
    this.#scopes = scopes;
  }

  /** Reports what is wrong with sources, also with those that nothing names. */
  checkSources(): void {
    for (const [name, source] of Object.entries(this.#sources)) {
      if (this.#scopes.some(({ alias }) => alias === name))
        this.#problems.add(sourceAt(name), 'has the name of a scope');
      this.read(source, sourceAt(name), { mayHaveKeys: true });
    }
  }

  read(given: unknown, at: string, purpose: Purpose): CredentialSource | undefined {
    if (given === undefined) return { kind: 'chain' };
    if (!isRecord(given)) return this.#wrong(at, FORMS);
    if ('role' in given) return this.#readRole(given, at, purpose);
    if ('profile' in given) {
      this.#problems.unknownMembers(at, given, ['profile']);
      const { profile } = given;
      if (typeof profile !== 'string' || profile === '') return this.#wrong(at, 'needs the name of a "profile"');
      return { kind: 'profile', profile };
    }
    if ('accessKeyId' in given) return this.#readKeys(given, at, purpose);
    return this.#wrong(at, FORMS);
  }

  #readKeys(given: Members, at: string, { mayHaveKeys }: Purpose): CredentialSource | undefined {
    this.#problems.unknownMembers(at, given, ['accessKeyId', 'secretAccessKey']);
    const { accessKeyId, secretAccessKey } = given;
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string' || !accessKeyId || !secretAccessKey)
      return this.#wrong(at, 'needs "accessKeyId" and "secretAccessKey"');
    if (!mayHaveKeys)
      return this.#wrong(
        at,
        'holds keys, which are for emulators: give the scope an "endpoint", or use a profile or role',
      );
    return { kind: 'keys', accessKeyId, secretAccessKey };
  }

  #readRole(given: Members, at: string, { account }: Purpose): CredentialSource | undefined {
    this.#problems.unknownMembers(at, given, ['role', 'externalId', 'sessionName', 'tags', 'from']);
    const { role, externalId, sessionName = SESSION, tags = {} } = given;
    const [, ofAccount] = (typeof role === 'string' && ROLE.exec(role)) || [];
    if (ofAccount === undefined) this.#problems.add(at, '"role" must be the ARN of an IAM role');
    else if (typeof account === 'string' && /^\d{12}$/.test(account) && account !== ofAccount)
      this.#problems.add(at, `"role" is of account ${ofAccount}, and the scope is account ${account}`);
    if (externalId !== undefined && !(typeof externalId === 'string' && EXTERNAL_ID.test(externalId)))
      this.#problems.add(at, '"externalId" must be 2 to 1,224 letters, digits or any of _+=,.@:/-');
    if (typeof sessionName !== 'string' || !SESSION_NAME.test(sessionName))
      this.#problems.add(at, '"sessionName" must be 2 to 64 letters, digits or any of _+=,.@-');
    if (!areTags(tags))
      this.#problems.add(at, `"tags" must be an object of at most ${MOST_TAGS} texts that STS accepts`);
    const from = this.#follow(given.from, at);
    if (from === undefined) return undefined;
    return {
      kind: 'role',
      roleArn: String(role),
      externalId: externalId === undefined ? undefined : String(externalId),
      sessionName: String(sessionName),
      tags: isRecord(tags) ? (tags as Readonly<Record<string, string>>) : {},
      from,
    };
  }

  /** The credentials that `from` names; the default chain if it is absent. */
  #follow(from: unknown, at: string): CredentialSource | undefined {
    if (from === undefined) return { kind: 'chain' };
    const named = typeof from === 'string' ? this.#named(from) : undefined;
    if (typeof from !== 'string' || named === undefined)
      return this.#wrong(at, '"from" must name one of "sources", or the alias of a scope');
    if (this.#following.includes(from)) {
      this.#problems.add(named.at, `needs itself: "from" leads back to "${from.slice(0, 40)}"`);
      return undefined;
    }
    this.#following.push(from);
    const found = this.read(named.given, named.at, { mayHaveKeys: true });
    this.#following.pop();
    return found;
  }

  /** The credentials of a name, and where they are in the file. */
  #named(name: string): { readonly given: unknown; readonly at: string } | undefined {
    if (Object.hasOwn(this.#sources, name)) return { given: this.#sources[name], at: sourceAt(name) };
    const index = this.#scopes.findIndex(({ alias }) => alias === name);
    return index < 0 ? undefined : { given: this.#scopes[index]?.credentials, at: credentialsAt(index) };
  }

  #wrong(at: string, problem: string): undefined {
    this.#problems.add(at, problem);
    return undefined;
  }
}

/** Where the credentials of a scope are in the file. */
export function credentialsAt(index: number): string {
  return `scopes[${index}] "credentials"`;
}

function sourceAt(name: string): string {
  return `sources["${name.slice(0, 40)}"]`;
}

function areTags(tags: unknown): boolean {
  if (!isRecord(tags)) return false;
  const all = Object.entries(tags);
  return (
    all.length <= MOST_TAGS &&
    all.every(([key, value]) => TAG_KEY.test(key) && typeof value === 'string' && TAG_VALUE.test(value))
  );
}
