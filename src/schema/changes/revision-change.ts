import { type ImageReference, toImageReference } from '../computed/image-reference.ts';
import type { GraphContext } from '../core/context.ts';
import type { StructureName } from '../generated/types.ts';
import { shownOf } from '../sdk-types/mask.ts';
import type { Model } from '../sdk-types/sdk-model.ts';
import type { Difference } from './compare.ts';
import type { Fields } from './normalize.ts';
import type { Subject } from './rules.ts';

export type ChangeKind = 'ADDED' | 'REMOVED' | 'CHANGED';

/** A difference between two revisions as a caller sees it. */
export interface RevisionChange {
  readonly path: string;
  readonly kind: ChangeKind;
  readonly subject: Subject;
  readonly container: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly imageBefore: ImageReference | null;
  readonly imageAfter: ImageReference | null;
  readonly isMasked: boolean;
  readonly text: string;
}

/** Longer values are cut in `text`. */
const LONGEST_IN_TEXT = 80;

/**
 * @param digests the digest that each container's image was resolved to, before and after; absent where ECS did not report it
 */
export function toRevisionChange(
  model: Model,
  difference: Difference,
  context: GraphContext,
  digests?: { readonly before?: string | undefined; readonly after?: string | undefined },
): RevisionChange {
  const { path, subject, before, after } = difference;
  const [old, next] = [shown(model, difference, before, context), shown(model, difference, after, context)];
  const container = path[0] === 'containers' ? (path[1] ?? null) : null;
  const isImage = container !== null && path.length === 3 && subject === 'IMAGE';
  const change = {
    path: path
      .map((part, index) => (/^[\w-]+$/.test(part) ? `${index > 0 ? '.' : ''}${part}` : `[${JSON.stringify(part)}]`))
      .join(''),
    kind: before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'CHANGED',
    subject,
    container,
    before: old.text,
    after: next.text,
    imageBefore: isImage && typeof before === 'string' ? toImageReference(before, digests?.before) : null,
    imageAfter: isImage && typeof after === 'string' ? toImageReference(after, digests?.after) : null,
    isMasked: old.isMasked || next.isMasked,
  } as const;
  return { ...change, text: textOf(change, path) };
}

interface Shown {
  readonly text: string | null;
  readonly isMasked: boolean;
}

function shown(model: Model, { secret, structure }: Difference, value: unknown, context: GraphContext): Shown {
  if (value === undefined) return { text: null, isMasked: false };
  if (secret !== undefined && !context.secrets.shows(secret)) {
    context.secrets.hide(secret);
    return { text: null, isMasked: true };
  }
  const visible = structure === undefined ? value : withoutSecrets(model, structure, value as Fields, context);
  const text = toText(visible);
  return { text, isMasked: text !== toText(value) };
}

/** A structure with the secrets that the caller does not see reduced to their names. */
function withoutSecrets(model: Model, name: StructureName, value: Fields, context: GraphContext): Fields {
  const visible: Record<string, unknown> = { ...value };
  for (const member of model.structure(name)) {
    const { type } = member;
    const inner = value[member.name];
    if (inner === undefined) continue;
    if (member.secret !== undefined) visible[member.name] = shownOf(member, inner, context);
    else if (type.kind === 'structure')
      visible[member.name] = member.list
        ? (inner as readonly Fields[]).map((item) => withoutSecrets(model, type.name, item, context))
        : withoutSecrets(model, type.name, inner as Fields, context);
  }
  return visible;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Facts = Pick<
  RevisionChange,
  'kind' | 'container' | 'before' | 'after' | 'isMasked' | 'imageBefore' | 'imageAfter'
>;

function textOf(
  { kind, container, before, after, isMasked, imageBefore, imageAfter }: Facts,
  path: readonly string[],
): string {
  const isWhole = container !== null && path.length === 2;
  if (isWhole) return `Container ${container} was ${kind.toLowerCase()}.`;
  const member = (container === null ? path : path.slice(2)).join(' ');
  const what = container === null ? member : `Container ${container}: ${member}`;
  if (imageBefore !== null && imageAfter !== null && before === after)
    return `${what} ${before} now has digest ${imageAfter.digest ?? 'unknown'}, before ${imageBefore.digest ?? 'unknown'}.`;
  if (isMasked) return `${what} was ${kind.toLowerCase()}; its value is hidden.`;
  if (kind === 'ADDED') return `${what} was added: ${cut(after)}.`;
  if (kind === 'REMOVED') return `${what} was removed; it was ${cut(before)}.`;
  return `${what} changed from ${cut(before)} to ${cut(after)}.`;
}

/** A value in a sentence: of an ARN its name. */
function cut(value: string | null): string {
  if (value === null || value === '') return '""';
  const text = value.replace(/^arn:[^/]*\//, '');
  return text.length > LONGEST_IN_TEXT ? `${text.slice(0, LONGEST_IN_TEXT)}...` : text;
}
