import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';

/**
 * What a container will do, since the sandbox runs none. It is read from the container definition's docker labels:
 *
 * | label | effect |
 * |---|---|
 * | `sandbox.exit-code` | exits with this code; at once, before the task is RUNNING, unless `sandbox.exit-after` is set |
 * | `sandbox.exit-after` | exits so many seconds after RUNNING (code 0, or the one above) |
 * | `sandbox.unhealthy-after` | its health check starts to fail so many seconds after RUNNING; needs a `healthCheck` |
 * | `sandbox.target-unhealthy-after` | the load balancer's checks of it start to fail so many seconds after RUNNING |
 * | `sandbox.pull-error` | the image cannot be pulled; the value is the message, `true` for a usual one |
 * | `sandbox.oom-after` | killed for memory (exit code 137) so many seconds after RUNNING |
 * | `sandbox.ignore-sigterm` | `true`: stays until its stopTimeout, then is killed (exit code 137) |
 * | `sandbox.start-delay` | takes so many seconds longer to start |
 *
 * or, where labels are out of reach, from the image: `sandbox/exit:<code>`, `sandbox/exit-after:<seconds>-<code>`,
 * `sandbox/unhealthy:<seconds>`, `sandbox/oom:<seconds>`, `sandbox/pull-error:<anything>`, with any registry before it.
 * A label wins over the image. A container without any of these starts, stays, and exits with 0 when it is told to stop.
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
}

const PREFIX = 'sandbox.';
const IMAGE = /(?:^|\/)sandbox\/(exit|exit-after|unhealthy|oom|pull-error)(?::(.+))?$/;

function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number * 1000 : undefined;
}

function integer(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,3}$/.test(value) ? Number(value) : undefined;
}

/** The same wishes, spelled in an image's name. */
function labelsOfImage(image: string): Record<string, string> {
  const match = IMAGE.exec(image);
  const [, what, tag] = match ?? [];
  if (what === 'exit') return { 'sandbox.exit-code': tag ?? '1' };
  if (what === 'exit-after') {
    const [after = '5', code = '1'] = (tag ?? '').split('-');
    return { 'sandbox.exit-after': after, 'sandbox.exit-code': code };
  }
  if (what === 'unhealthy') return { 'sandbox.unhealthy-after': tag ?? '5' };
  if (what === 'oom') return { 'sandbox.oom-after': tag ?? '5' };
  if (what === 'pull-error') return { 'sandbox.pull-error': 'true' };
  return {};
}

export function readFate(container: Wire<ContainerDefinition>): Fate {
  const image = container.image ?? '';
  const labels: Record<string, string | undefined> = { ...labelsOfImage(image), ...container.dockerLabels };
  const label = (name: string): string | undefined => labels[PREFIX + name];
  const pullError = label('pull-error');
  return {
    exitCode: integer(label('exit-code')),
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
  };
}
