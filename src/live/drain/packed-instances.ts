import { lastPart } from '../core/deployment-bounds.ts';

// Marks travel in cursors, and those in headers, of which many a proxy takes no more than 8 kB. Up to 300 instances are told by their
// ids. Of more, 30 bits of each have to do: enough to find them again among the cluster's instances, but not to name those that
// have left it. They come back from clients, so that each part is checked.

const MOST_NAMED = 300;
/** As many as a cluster has. */
const MOST_MARKED = 5_000;
/** Cursors of before there was a brief form name so many. */
const MOST_READ = 1_000;
const ID = /^[0-9a-f]{32}$/;
const NAME_LENGTH = 22;
const BRIEF = '~';
const BRIEF_LENGTH = 5;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The instances of one cluster as text; undefined where that is not possible. */
export function packInstances(clusterArn: string, arns: readonly string[]): string | undefined {
  const prefix = instancePrefix(clusterArn);
  const canTell = arns.every((arn) => arn.startsWith(prefix) && ID.test(arn.slice(prefix.length)));
  if (!canTell || arns.length > MOST_MARKED) return undefined;
  if (arns.length > MOST_NAMED) return `${BRIEF}${arns.map(briefOf).sort().join('')}`;
  return arns.map((arn) => Buffer.from(arn.slice(prefix.length), 'hex').toString('base64url')).join('');
}

/** Instances that were packed. */
export interface PackedInstances {
  readonly count: number;
  /** Their ARNs; undefined where they can only be told among others. */
  readonly arns: readonly string[] | undefined;
  has(arn: string): boolean;
}

/** What was packed; undefined where the text is nothing of that kind. */
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

/** Whether a mark is of so many that it names none of them. */
export function isBriefMark(mark: string | undefined): boolean {
  return mark?.startsWith(BRIEF) === true;
}

/** The first 30 bits of an id, which is random. */
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
