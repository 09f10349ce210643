import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';

/**
 * The simulated behaviour of a container: the sandbox runs no containers. It is read from the container definition's docker labels:
 *
 * | label | effect |
 * |---|---|
 * | `sandbox.exit-code` | exits with this code, before the task is RUNNING or after `sandbox.exit-after` |
 * | `sandbox.exit-after` | exits this many seconds after RUNNING (code 0, or the one above) |
 * | `sandbox.unhealthy-after` | its health check fails from this many seconds after RUNNING; needs a `healthCheck` |
 * | `sandbox.target-unhealthy-after` | the load balancer's checks fail from this many seconds after RUNNING |
 * | `sandbox.pull-error` | the image cannot be pulled; the value is the message, `true` for a usual one |
 * | `sandbox.oom-after` | killed for memory (exit code 137) this many seconds after RUNNING |
 * | `sandbox.ignore-sigterm` | `true`: runs until its stopTimeout, then is killed (exit code 137) |
 * | `sandbox.start-delay` | takes this many seconds longer to start |
 * | `sandbox.healthy-after` | its health checks, the load balancer's too, pass this many seconds after RUNNING |
 * | `sandbox.start-error` | its task fails to start; the value is the stoppedReason, `true` for a usual one |
 *
 * or from the image: `sandbox/exit:<code>`, `sandbox/exit-after:<seconds>-<code>`, `sandbox/unhealthy:<seconds>`,
 * `sandbox/oom:<seconds>`, `sandbox/pull-error:<anything>`, with any registry in front. The tag of any image does the
 * same: `web:sandbox-exit-1`, `web:sandbox-exit-after-60-1`, `web:sandbox-pull-error`. A label overrides the image, and
 * the control API's settings for an image override both. A container without any of these starts, keeps running, and
 * exits with 0 when it is stopped.
 */
export interface Fate {
  readonly exitCode: number | undefined;
  readonly exitAfter: number | undefined;
  readonly unhealthyAfter: number | undefined;
  readonly targetUnhealthyAfter: number | undefined;
  readonly pullError: string | undefined;
  readonly oomAfter: number | undefined;
  readonly ignoresSigterm: boolean;
  readonly startDelay: number;
  readonly healthyAfter: number | undefined;
  readonly startError: string | undefined;
}

const PREFIX = 'sandbox.';
/** The fate in the name of an image, and in the tag of any image. */
const NAME = /(?:^|\/)sandbox\/(exit-after|exit|unhealthy|healthy|oom|pull-error|start-error|start-delay)(?::(.+))?$/;
const TAG = /:sandbox-(exit-after|exit|unhealthy|healthy|oom|pull-error|start-error|start-delay)(?:-([\w.-]+))?$/;

function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number * 1000 : undefined;
}

/** The code that a process which exits with a number ends with: its last eight bits. */
function exitCode(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) & 255 : undefined;
}

/** The labels that an image name stands for. */
function labelsOfImage(image: string): Record<string, string> {
  const match = NAME.exec(image) ?? TAG.exec(image);
  const [, what, tag] = match ?? [];
  if (what === 'exit') return { 'sandbox.exit-code': tag ?? '1' };
  if (what === 'exit-after') {
    const [after = '5', code = '1'] = (tag ?? '').split('-');
    return { 'sandbox.exit-after': after, 'sandbox.exit-code': code };
  }
  if (what === 'unhealthy') return { 'sandbox.unhealthy-after': tag ?? '5' };
  if (what === 'oom') return { 'sandbox.oom-after': tag ?? '5' };
  if (what === 'healthy') return { 'sandbox.healthy-after': tag ?? '120' };
  if (what === 'start-delay') return { 'sandbox.start-delay': tag ?? '60' };
  if (what === 'pull-error') return { 'sandbox.pull-error': 'true' };
  if (what === 'start-error') return { 'sandbox.start-error': 'true' };
  return {};
}

/** Labels that the control API sets for all containers of an image, by the pattern of its name. */
export type ImageFates = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Whether a pattern matches an image: `*` is any text, and a registry or path may precede either (`web:1.1` also
 * matches `registry.example/team/web:1.1`).
 */
export function matchesImage(pattern: string, image: string): boolean {
  const [first = '', ...others] = pattern.replace(/^\*\//, '').split('*');
  const starts = [0, ...Array.from(image.matchAll(/\//g), ({ index }) => index + 1)];
  return starts.some((start) => {
    if (!image.startsWith(first, start)) return false;
    let at = start + first.length;
    for (const [index, part] of others.entries()) {
      const isLast = index === others.length - 1;
      const found = isLast ? image.length - part.length : image.indexOf(part, at);
      if (found < at || !image.startsWith(part, found)) return false;
      at = found + part.length;
    }
    return at === image.length;
  });
}

function labelsOfRules(image: string, fates: ImageFates): Record<string, string> {
  const found = [...fates].filter(([pattern]) => matchesImage(pattern, image)).map(([, labels]) => labels);
  return Object.assign({}, ...found) as Record<string, string>;
}

const USUAL_START_ERROR =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed';

export function readFate(container: Wire<ContainerDefinition>, fates: ImageFates): Fate {
  const image = container.image ?? '';
  const labels: Record<string, string | undefined> = {
    ...labelsOfImage(image),
    ...container.dockerLabels,
    ...(fates.size === 0 ? {} : labelsOfRules(image, fates)),
  };
  const label = (name: string): string | undefined => labels[PREFIX + name];
  const pullError = label('pull-error');
  const startError = label('start-error');
  return {
    exitCode: exitCode(label('exit-code')),
    exitAfter: seconds(label('exit-after')),
    unhealthyAfter: seconds(label('unhealthy-after')),
    pullError:
      pullError === 'true'
        ? `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: not found`
        : pullError,
    targetUnhealthyAfter: seconds(label('target-unhealthy-after')),
    oomAfter: seconds(label('oom-after')),
    ignoresSigterm: label('ignore-sigterm') === 'true',
    startDelay: seconds(label('start-delay')) ?? 0,
    healthyAfter: seconds(label('healthy-after')),
    startError: startError === 'true' ? USUAL_START_ERROR : startError,
  };
}
