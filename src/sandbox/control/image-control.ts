import type { Backend } from '../backend/backend.ts';
import { invalidParameter } from '../checks/ecs-errors.ts';
import { rereadFates } from '../launch/read-definition.ts';
import { type Parameters, text } from './parameters.ts';

type Kind = 'code' | 'seconds' | 'text' | 'flag';

/** Settings of an image, and the label with the same effect. */
const FATES: Readonly<Record<string, { readonly label: string; readonly kind: Kind }>> = {
  exitCode: { label: 'sandbox.exit-code', kind: 'code' },
  exitAfter: { label: 'sandbox.exit-after', kind: 'seconds' },
  unhealthyAfter: { label: 'sandbox.unhealthy-after', kind: 'seconds' },
  targetUnhealthyAfter: { label: 'sandbox.target-unhealthy-after', kind: 'seconds' },
  healthyAfter: { label: 'sandbox.healthy-after', kind: 'seconds' },
  oomAfter: { label: 'sandbox.oom-after', kind: 'seconds' },
  startDelay: { label: 'sandbox.start-delay', kind: 'seconds' },
  ignoreSigterm: { label: 'sandbox.ignore-sigterm', kind: 'flag' },
  pullError: { label: 'sandbox.pull-error', kind: 'text' },
  startError: { label: 'sandbox.start-error', kind: 'text' },
};
export const IMAGE_PARAMETERS: readonly string[] = ['image', ...Object.keys(FATES)];
const MOST_PATTERN = 1000;

function read(name: string, kind: Kind, value: unknown): string {
  const given = String(value);
  if (kind === 'code' && !(/^\d{1,3}$/.test(given) && Number(given) <= 255)) {
    throw invalidParameter(`${name} must be an exit code from 0 to 255`);
  }
  if (kind === 'seconds' && !(given !== '' && Number(given) >= 0 && Number.isFinite(Number(given)))) {
    throw invalidParameter(`${name} must be a number of seconds, 0 or more`);
  }
  if (kind === 'flag' && given !== 'true' && given !== 'false') throw invalidParameter(`${name} must be true or false`);
  if (kind === 'text' && given === '') throw invalidParameter(`${name} must be a text, or true for a usual one`);
  return given;
}

export function listImages({ surroundings }: Backend): object {
  const names = Object.entries(FATES);
  const shown = [...surroundings.images].map(([image, labels]) => ({
    image,
    ...Object.fromEntries(
      names.filter(([, { label }]) => labels[label] !== undefined).map(([name, { label }]) => [name, labels[label]]),
    ),
  }));
  return { images: shown };
}

function reread(backend: Backend): object {
  for (const world of backend.worlds()) rereadFates(world);
  return listImages(backend);
}

/** Sets what containers of an image do, whatever their labels say; with the image alone, the labels apply again. */
export function setImage(backend: Backend, parameters: Parameters): object {
  const pattern = text(parameters, 'image');
  if (pattern.length > MOST_PATTERN) throw invalidParameter(`image must have at most ${MOST_PATTERN} characters`);
  const labels = Object.entries(FATES)
    .filter(([name]) => parameters[name] !== undefined)
    .map(([name, { label, kind }]) => [label, read(name, kind, parameters[name])]);
  backend.clock.settle();
  const { images } = backend.surroundings;
  // The latest pattern wins if several match an image.
  images.delete(pattern);
  if (labels.length > 0) images.set(pattern, Object.fromEntries(labels) as Record<string, string>);
  return reread(backend);
}

export function clearImages(backend: Backend): object {
  backend.surroundings.images.clear();
  return reread(backend);
}
