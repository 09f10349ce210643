import type { ContainerInstance, Service } from '@aws-sdk/client-ecs';
import type { BlockReason } from '../../../live/core/blockers.ts';
import type { LiveSession } from '../../../live/core/create-hub.ts';
import { lastPart } from '../../../live/core/deployment-bounds.ts';
import { forecastDrain } from '../../../live/drain/drain-forecast.ts';
import { readForecast } from '../../../live/drain/read-forecast.ts';
import { TROUBLES, type TroubleKind } from '../../../live/drain/replacement-trouble.ts';
import type { GraphContext } from '../../core/context.ts';
import { SERVICE_MEMBERS, SERVICE_RULES } from '../../findings/service-rules.ts';
import { mayRead } from '../../graph/may-read.ts';
import type { Replacement } from './replacement-token.ts';

/** A reason not to begin a wave. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly message: string;
  readonly clusterArn: string;
  /** Null if it is not about one service, and if the caller may not read that. */
  readonly serviceArn: string | null;
}

const PASSING: ReadonlySet<TroubleKind> = new Set([
  'UNDER_DESIRED',
  'TOO_FEW_ACTIVE',
  'OTHER_DRAINS',
  'NO_ROOM',
  'PROTECTED_TASKS',
]);
const MEMBERS = [...SERVICE_MEMBERS, 'capacityProviderStrategy'];
const RULES = ['UNDER_DESIRED', 'DEPLOYMENT_FAILED', 'DEPLOYMENT_STALLED'] as const;
const BY_REASON: Partial<Readonly<Record<BlockReason, TroubleKind>>> = {
  NO_CAPACITY: 'NO_ROOM',
  PERCENTAGES_ALLOW_NOTHING: 'PERCENTAGES_ALLOW_NOTHING',
  PROTECTED_TASKS: 'PROTECTED_TASKS',
  STANDALONE_TASKS: 'STANDALONE_TASKS',
};

/** Whether a trouble may go away by itself, so that it is worth waiting. */
export function isPassing({ kind }: Trouble): boolean {
  return PASSING.has(kind);
}

/** Why the next wave should not begin now. Reads the services of the cluster, and what a drain of the wave would do. */
export async function readTroubles(
  context: GraphContext,
  session: LiveSession,
  { cluster, minActiveInstances }: Replacement,
  wave: readonly ContainerInstance[],
): Promise<readonly Trouble[]> {
  const clusterArn = clusterArnOf(wave[0]);
  const containerInstanceArns = wave.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
  const [ofServices, input] = await Promise.all([
    troublesOfServices(context, cluster, clusterArn),
    readForecast(session, { clusterArn, containerInstanceArns }),
  ]);
  const left = input.instances.filter(
    ({ status, containerInstanceArn = '' }) =>
      status === 'ACTIVE' && !containerInstanceArns.includes(containerInstanceArn),
  ).length;
  const { blockedBy } = forecastDrain(input, context.services.upstream.clock.now());
  const ofWave = blockedBy.flatMap(({ reason, message }): Trouble[] => {
    const kind = BY_REASON[reason];
    return kind === undefined ? [] : [{ kind, message: sentence(message), clusterArn, serviceArn: null }];
  });
  const tooFew: Trouble = {
    kind: 'TOO_FEW_ACTIVE',
    message: `${left} ACTIVE instances would remain, fewer than ${minActiveInstances}.`,
    clusterArn,
    serviceArn: null,
  };
  return [...ofServices, ...(left < minActiveInstances ? [tooFew] : []), ...ofWave];
}

/** So many other instances drain that no wave may begin. */
export function crowded(others: readonly ContainerInstance[]): Trouble {
  const names = others
    .slice(0, MOST_NAMED)
    .map(({ ec2InstanceId, containerInstanceArn }) => ec2InstanceId ?? lastPart(containerInstanceArn));
  const more = others.length > MOST_NAMED ? `, and ${others.length - MOST_NAMED} more` : '';
  return {
    kind: 'OTHER_DRAINS',
    message: `Other instances of the cluster are DRAINING with tasks: ${names.join(', ')}${more}.`,
    clusterArn: clusterArnOf(others[0]),
    serviceArn: null,
  };
}

const MOST_NAMED = 5;

async function troublesOfServices(
  context: GraphContext,
  cluster: string,
  clusterArn: string,
): Promise<readonly Trouble[]> {
  const now = context.services.upstream.clock.now();
  const arns = await context.loaders.lists.read('ListServices', { cluster });
  const each = await Promise.all(
    arns.map(async (id): Promise<readonly Trouble[]> => {
      const service = await context.loaders.of('Service').load({ id, cluster, members: MEMBERS });
      if (service === null || runsOnFargate(service)) return [];
      const found = RULES.flatMap((kind) => {
        const one = SERVICE_RULES[kind].find({ service, now });
        return one === undefined ? [] : [{ kind, message: one.message }];
      });
      if (found.length === 0) return [];
      // A service that the caller may not read stops the wave too, without its name.
      const isReadable = await mayRead(context, 'Service', service.serviceArn ?? id, cluster);
      return found.map(({ kind, message }) =>
        isReadable
          ? { kind, message, clusterArn, serviceArn: service.serviceArn ?? null }
          : { kind, message: TROUBLES[kind], clusterArn, serviceArn: null },
      );
    }),
  );
  return each.flat();
}

/** Whether a drain of instances has nothing to do with a service. */
function runsOnFargate({ launchType, capacityProviderStrategy = [] }: Service): boolean {
  if (capacityProviderStrategy.length === 0) return launchType === 'FARGATE';
  return capacityProviderStrategy.every(({ capacityProvider = '' }) => /^FARGATE(_SPOT)?$/.test(capacityProvider));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function clusterArnOf(instance: ContainerInstance | undefined): string {
  return (instance?.containerInstanceArn ?? '').replace(/:container-instance\/([^/]+)\/.*$/, ':cluster/$1');
}
