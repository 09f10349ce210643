type Fields = Readonly<Record<string, unknown>>;

interface Candidate {
  /** `deploymentConfiguration.maximumPercent`, `tags.0`. */
  readonly path: string;
  readonly name: string;
}

/**
 * The path of the member that a refusal of ECS is about; undefined if its message does not name one.
 * @param args the caller's arguments
 * @param known members that the request may have: ECS refuses some for being absent
 */
export function refusedMember(message: string, args: object, known: readonly string[] = []): string | undefined {
  return (
    constrainedMember(message, args) ??
    malformedId(message, args) ??
    namedMember(message, args) ??
    missingMember(message, args, known) ??
    memberWithValue(message, args)
  );
}

const CONSTRAINT = / at '([\w.]+)' failed to satisfy constraint/;

/** `Value '0' at 'containerDefinitions.1.member.cpu' failed to satisfy constraint`: AWS counts the items of lists from 1. */
function constrainedMember(message: string, args: object): string | undefined {
  const path = CONSTRAINT.exec(message)?.[1]?.replace(
    /\.(\d+)\.member\b/g,
    (_all, item: string) => `.${Number(item) - 1}`,
  );
  const [first] = path?.split('.') ?? [];
  return first !== undefined && first in args ? path : undefined;
}

/** How ECS calls the id in a reference, and the members with such references. */
const IDS: Readonly<Record<string, readonly string[]>> = {
  taskId: ['task', 'tasks'],
  instanceId: ['containerInstance', 'containerInstances', 'targetId'],
};
const MALFORMED = /^(taskId|instanceId) (length should be|longer than)/;

/** `taskId length should be one of [32,36]`: the only reference without such an id, or the member that has several. */
function malformedId(message: string, args: object): string | undefined {
  const members = IDS[MALFORMED.exec(message)?.[1] ?? ''] ?? [];
  const references = leaves(args).filter(({ path }) => members.includes(memberOf(path)));
  const wrong = references.filter(({ value }) => !hasId(value)).map(({ path }) => path);
  return wrong.length > 1 ? wrong[0]?.split('.')[0] : wrong[0];
}

/** The name of the member that has a value, or the list with it. */
function memberOf(path: string): string {
  return path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? '';
}

function hasId(reference: string): boolean {
  const { length } = reference.slice(reference.lastIndexOf('/') + 1);
  return length === 32 || length === 36;
}

/** `desiredCount must not be negative`, `The desired count is too high.`: the longest name wins. */
function namedMember(message: string, args: object): string | undefined {
  const words = wordsOf(message);
  const found = candidates(args)
    // Inside of structures, names of one word are words of the language: name, value, type.
    .filter(({ name, path }) => path === name || isCompound(name))
    .filter(({ name }) => isNamed(words, name))
    .sort((a, b) => b.name.length - a.name.length || a.path.split('.').length - b.path.split('.').length);
  return found[0]?.path;
}

const IS_MISSING =
  /\b(must|should) (be (specified|provided|given)|not be (null|empty|blank))|\b(cannot|can not) be (null|empty|blank)|\bis required\b/i;

/** `TaskDefinition can not be blank.`: a member that was not given. */
function missingMember(message: string, args: object, known: readonly string[]): string | undefined {
  if (!IS_MISSING.test(message)) return undefined;
  const words = wordsOf(message);
  const absent = known.filter((name) => ((args as Fields)[name] ?? null) === null && isNamed(words, name));
  return absent.sort((a, b) => b.length - a.length)[0];
}

/** Shorter values are words of the language too often. */
const LEAST_VALUE = 3;

/** `Invalid setting for container 'web'`: the only member with a value that the message repeats; of a name, what has it. */
function memberWithValue(message: string, args: object): string | undefined {
  const found = leaves(args).filter(
    ({ value }) => value.length >= LEAST_VALUE && message.includes(value) && standsAlone(value, message),
  );
  const paths = new Set(found.map(({ path }) => path.replace(/\.(name|containerName|key)$/, '')));
  return paths.size === 1 ? [...paths][0] : undefined;
}

const MOST_CANDIDATES = 2_000;

function candidates(args: object): Candidate[] {
  const found: Candidate[] = [];
  walk(args, '', (path, name) => {
    if (name !== undefined) found.push({ path, name });
    return found.length < MOST_CANDIDATES;
  });
  return found;
}

function leaves(args: object): { readonly path: string; readonly value: string }[] {
  const found: { path: string; value: string }[] = [];
  walk(args, '', (path, _name, value) => {
    if (typeof value === 'string') found.push({ path, value });
    return found.length < MOST_CANDIDATES;
  });
  return found;
}

/** Visits everything that is set, until `visit` has enough. Items of lists have no name. */
function walk(
  value: unknown,
  path: string,
  visit: (path: string, name: string | undefined, value: unknown) => boolean,
): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]) => {
    if ((member ?? null) === null) return true;
    const at = path === '' ? key : `${path}.${key}`;
    return visit(at, Array.isArray(value) ? undefined : key, member) && walk(member, at, visit);
  });
}

function isCompound(name: string): boolean {
  return /[a-z][A-Z]/.test(name);
}

/** Lower case, punctuation away, and no word in the plural: ECS says `placement constraint` and means `placementConstraints`. */
function wordsOf(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return ` ${words.map(singular).join(' ')} `;
}

function isNamed(words: string, name: string): boolean {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  // ECS says `container instance` and means `containerInstanceArn`.
  const forms = [name, spaced, spaced.replace(/ Arns?$/, '')];
  return forms.some((form) => words.includes(wordsOf(form)));
}

function singular(word: string): string {
  return word.length > 3 && !word.endsWith('ss') ? word.replace(/ies$/, 'y').replace(/s$/, '') : word;
}

/** Whether a message has a value as a whole, and not as a part of a longer word. */
function standsAlone(value: string, message: string): boolean {
  const at = message.indexOf(value);
  return !/[\w-]/.test(message[at - 1] ?? ' ') && !/[\w-]/.test(message[at + value.length] ?? ' ');
}
