import { EcsError, OutcomeUnknownError } from '../../ecs/core/errors.ts';
import { operations } from '../generated/operations.ts';
import { structures } from '../generated/structures.ts';
import type { OperationName, StructureName } from '../generated/types.ts';
import { HARMLESS_OPTIONS, SECRET_KINDS, SECRET_MEMBERS, type SecretKind } from './overrides.ts';

export const ALL_KINDS = Object.keys(SECRET_KINDS) as SecretKind[];

/** Which values of secrets one caller sees during one request, and which kinds were hidden from it. */
export class SecretsView {
  readonly #mayShow: (kind: SecretKind) => boolean;
  readonly #known = new Map<SecretKind, boolean>();
  readonly #hidden = new Set<SecretKind>();

  constructor(mayShow: (kind: SecretKind) => boolean) {
    this.#mayShow = mayShow;
  }

  shows(kind: SecretKind): boolean {
    let known = this.#known.get(kind);
    if (known === undefined) {
      known = this.#mayShow(kind);
      this.#known.set(kind, known);
    }
    return known;
  }

  /** The same, and records the kind as hidden if it is not shown. */
  showsOrHides(kind: SecretKind): boolean {
    const isShown = this.shows(kind);
    if (!isShown) this.hide(kind);
    return isShown;
  }

  /** Records that a value was hidden, for the extensions of the answer. */
  hide(kind: SecretKind): void {
    this.#hidden.add(kind);
  }

  /** The kinds of which a value was hidden. */
  get hidden(): readonly SecretKind[] {
    return [...this.#hidden].sort();
  }
}

/** Whether the value of an option of a log driver is always shown. */
export function isShownOption(name: string): boolean {
  return HARMLESS_OPTIONS.has(name);
}

/** Stands for a hidden value in plans and the audit log. */
export const HIDDEN = '***';
const MOST_TEXT = 1_000;

type Owner = OperationName | StructureName;
type Fields = Readonly<Record<string, unknown>>;

/** The input of a write for plans and the audit log: secrets as `***`, names and structure as they are. */
export function maskedInput(
  operation: OperationName,
  input: object,
  shows: (kind: SecretKind) => boolean = () => false,
): object {
  return maskMembers(operation, operations[operation].input, input as Fields, shows);
}

/** The same with long texts truncated. */
export function auditedInput(operation: OperationName, input: object): unknown {
  return truncated(maskedInput(operation, input));
}

/** Shorter texts are words of the language, and no secrets. */
const LEAST_SECRET = 4;

/** The error of a write whose message repeats no secret of its input. The original is its cause. */
export function withoutSecrets(operation: OperationName, input: object, error: unknown): unknown {
  if (!(error instanceof EcsError)) return error;
  const texts: string[] = [];
  maskMembers(
    operation,
    operations[operation].input,
    input as Fields,
    () => false,
    (text) => texts.push(text),
  );
  const secrets = texts.filter((text) => text.length >= LEAST_SECRET && error.message.includes(text));
  if (secrets.length === 0) return error;
  const clean = (message: string) =>
    secrets.sort((a, b) => b.length - a.length).reduce((text, secret) => text.replaceAll(secret, HIDDEN), message);
  if (error instanceof OutcomeUnknownError) {
    const { cause } = error;
    return cause instanceof EcsError ? new OutcomeUnknownError(withMessage(cause, clean(cause.message)), error) : error;
  }
  return withMessage(error, clean(error.message));
}

function withMessage(error: EcsError, message: string): EcsError {
  return new EcsError(error.code, error.operation, message, { ...error, cause: error });
}

type OnText = (text: string) => unknown;
const IGNORED: OnText = () => undefined;

function maskMembers(
  owner: Owner,
  members: Fields,
  value: Fields,
  shows: (kind: SecretKind) => boolean,
  onText: OnText = IGNORED,
): Fields {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const notation = String(members[name] ?? '');
      const kind = SECRET_MEMBERS[owner]?.[name] ?? (notation.includes('@sensitive') ? 'CREDENTIAL' : undefined);
      if (kind !== undefined && !shows(kind)) return [name, hide(item, '', onText)];
      const type = /\w+/.exec(notation)?.[0] ?? '';
      if (!Object.hasOwn(structures, type)) return [name, item];
      const below = (one: unknown) =>
        typeof one === 'object' && one !== null && !(one instanceof Date)
          ? maskMembers(type as StructureName, structures[type as StructureName], one as Fields, shows, onText)
          : one;
      return [name, Array.isArray(item) ? item.map(below) : below(item)];
    }),
  );
}

/** Hides every text below a secret member but names, and options that are always shown. */
function hide(value: unknown, member: string, onText: OnText): unknown {
  if (Array.isArray(value)) return value.map((item) => hide(item, member, onText));
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hide(item, name, onText)]));
  }
  if (typeof value !== 'string' || member === 'name' || isShownOption(member)) return value;
  onText(value);
  return HIDDEN;
}

function truncated(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}...` : value;
  if (Array.isArray(value)) return value.map(truncated);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, truncated(item)]));
}
