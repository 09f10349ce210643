import { lastPart } from '../core/deployment-bounds.ts';

// Marks are part of cursors, and cursors are sent in headers, which many proxies limit to 8 kB. Up to 300 instances are
// named by id. Of larger drains, 30 bits of each id are stored: enough to find instances of the cluster again, but not
// to name instances that have left it. Marks come back from clients, so each part is validated.

const MOST_NAMED = 300;
/** The maximum number of instances in a cluster. */
const MOST_MARKED = 5_000;
/** Cursors from before the short form may name this many. */
const MOST_READ = 1_000;
const ID = /^[0-9a-f]{32}$/;
const NAME_LENGTH = 22;
const BRIEF = '~';
const BRIEF_LENGTH = 5;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The instances of one cluster as text; undefined if that is not possible. */
export function packInstances(clusterArn: string, arns: readonly string[]): string | undefined {
  const prefix = instancePrefix(clusterArn);
  const canTell = arns.every((arn) => arn.startsWith(prefix) && ID.test(arn.slice(prefix.length)));
  if (!canTell || arns.length > MOST_MARKED) return undefined;
  if (arns.length > MOST_NAMED) return `${BRIEF}${arns.map(briefOf).sort().join('')}`;
  return arns.map((arn) => Buffer.from(arn.slice(prefix.length), 'hex').toString('base64url')).join('');
}

/** Packed instances. */
export interface PackedInstances {
  readonly count: number;
  /** Their ARNs; undefined if they can only be recognised among given ones. */
  readonly arns: readonly string[] | undefined;
  has(arn: string): boolean;
}

/** The unpacked instances; undefined if the text is not in this format. */
export function unpackInstances(clusterArn: string, packed: string): PackedInstances | undefined {
  const isBrief = isBriefMark(packed);
  const text = isBrief ? packed.slice(1) : packed;
  const [length, most] = isBrief ? [BRIEF_LENGTH, MOST_MARKED] : [NAME_LENGTH, MOST_READ];
  if (text.length > most * length || text.length % length !== 0 || /[^\w-]/.test(text)) return undefined;
  const parts = text.match(isBrief ? /.{5}/g : /.{22}/g) ?? [];
  if (isBrief) {
    const briefs = new Set(parts);
    return { count: parts.length, arns: undefined, has: (arn) => briefs.has(briefOf(arn)) };
  }
  const named = parts.map((id) => `${instancePrefix(clusterArn)}${Buffer.from(id, 'base64url').toString('hex')}`);
  const arns = new Set(named);
  return { count: arns.size, arns: [...arns], has: (arn) => arns.has(arn) };
}

/** Whether a mark has so many instances that it contains no ids. */
export function isBriefMark(mark: string | undefined): boolean {
  return mark?.startsWith(BRIEF) === true;
}

/** The first 30 bits of a random id. */
function briefOf(arn: string): string {
  let bits = Number.parseInt(lastPart(arn).slice(0, 8), 16) >>> 2;
  let text = '';
  for (let i = 0; i < BRIEF_LENGTH; i += 1) {
    text = `${DIGITS[bits & 63]}${text}`;
    bits >>>= 6;
  }
  return text;
}

function instancePrefix(clusterArn: string): string {
  return `${clusterArn.replace(':cluster/', ':container-instance/')}/`;
}
