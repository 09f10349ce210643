import { createCommand, notFound, type Run, UsageError } from './command.ts';
import { checkTimeout } from './follow.ts';
import { finishDeployment, type ServiceChange, wholeNumber } from './service-commands.ts';
import {
  CLUSTER_FLAG,
  CLUSTER_HELP,
  FOLLOWING_FLAGS,
  FOLLOWING_HELP,
  PLAN,
  WRITE_FLAGS,
  WRITE_HELP,
  write,
} from './write.ts';

const FLAGS = {
  ...WRITE_FLAGS,
  ...FOLLOWING_FLAGS,
  ...CLUSTER_FLAG,
  env: { type: 'string', multiple: true },
  'remove-env': { type: 'string', multiple: true },
  cpu: { type: 'string', multiple: true },
  memory: { type: 'string', multiple: true },
  'task-cpu': { type: 'string' },
  'task-memory': { type: 'string' },
  'expected-revision': { type: 'string' },
} as const;

interface ContainerChange {
  readonly container: string;
  image?: string;
  cpu?: number;
  memory?: number;
  environment?: { readonly name: string; readonly value: string }[];
  removeEnvironment?: string[];
}

const QUERY = `mutation Deploy($cluster: ID, $service: ID!, $containers: [ContainerChangeInput!], $cpu: String, $memory: String, $expected: Int, $dryRun: Boolean, $key: ID) {
  deployImages(cluster: $cluster, service: $service, containers: $containers, cpu: $cpu, memory: $memory, expectedRevision: $expected, dryRun: $dryRun, idempotencyKey: $key) {
    service { serviceName taskDefinitionArn } deploymentId followCursor changes { path text } ${PLAN}
  }
}`;
const CONTAINERS = `query Containers($cluster: ID, $service: ID!) {
  service(cluster: $cluster, service: $service) { taskDefinition { containerDefinitions { name image } } }
}`;

interface Container {
  readonly name: string;
  readonly image: string;
}

/** `ecs-graphql deploy` */
export const deploy = createCommand({
  summary: 'deploy new images, environment, CPU or memory to a service, and follow it to its end',
  usage: [
    'deploy <service> <image> [--cluster <cluster>]',
    'deploy <service> <container>=<image>... [--env <container>.<NAME>=<value>]...',
  ],
  help: `Registers a copy of the revision in use with only these changes, updates the service to it, and follows the deployment to its end.
An image without a container name is for the only container, or for the one with an image of the same repository.

${CLUSTER_HELP}  --env <container>.<NAME>=<value>   set a variable; repeatable
  --remove-env <container>.<NAME>    remove a variable; repeatable
  --cpu, --memory <container>=<n>    CPU units and MiB of a container; repeatable
  --task-cpu, --task-memory <n>      CPU units and MiB of the task
  --expected-revision <number>       do nothing if the service uses another revision
${FOLLOWING_HELP}${WRITE_HELP}`,
  flags: FLAGS,
  async run(run) {
    checkTimeout('deployment', run);
    const { values, words } = run;
    const [service, ...images] = words;
    if (service === undefined) throw new UsageError('deploy needs a service');
    const changes = changesIn(values);
    for (const word of images) {
      const [, container, image = word] = /^([\w-]+)=(.*)$/.exec(word) ?? [];
      if (image === '') throw new UsageError(`deploy needs an image, not "${word}"`);
      const change = changeOf(changes, container ?? (await containerFor(run, service, image)));
      if (change.image !== undefined)
        throw new UsageError(`${change.container} gets two images: ${change.image}, ${image}`);
      change.image = image;
    }
    const expected = values['expected-revision'];
    const { 'task-cpu': cpu, 'task-memory': memory } = values;
    if (changes.size === 0 && cpu === undefined && memory === undefined)
      throw new UsageError('deploy needs an image, or another change');
    const variables = {
      service,
      cluster: values.cluster,
      containers: changes.size === 0 ? undefined : [...changes.values()],
      cpu,
      memory,
      expected: expected === undefined ? undefined : wholeNumber('--expected-revision', expected),
    };
    return finishDeployment(run, service, await write<ServiceChange>(run, { query: QUERY, variables }));
  },
});

function changeOf(changes: Map<string, ContainerChange>, container: string): ContainerChange {
  const change = changes.get(container) ?? { container };
  changes.set(container, change);
  return change;
}

function changesIn(values: Run<typeof FLAGS>['values']): Map<string, ContainerChange> {
  const changes = new Map<string, ContainerChange>();
  for (const text of values.env ?? []) {
    const [, container, name = '', value = ''] = /^([\w-]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
    if (container === undefined) throw new UsageError(`--env ${text} is not <container>.<NAME>=<value>`);
    const change = changeOf(changes, container);
    change.environment = [...(change.environment ?? []), { name, value }];
  }
  for (const text of values['remove-env'] ?? []) {
    const [, container, name = ''] = /^([\w-]+)\.([^=]+)$/.exec(text) ?? [];
    if (container === undefined) throw new UsageError(`--remove-env ${text} is not <container>.<NAME>`);
    const change = changeOf(changes, container);
    change.removeEnvironment = [...(change.removeEnvironment ?? []), name];
  }
  for (const name of ['cpu', 'memory'] as const) {
    for (const text of values[name] ?? []) {
      const [, container, amount = ''] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
      if (container === undefined) throw new UsageError(`--${name} ${text} is not <container>=<number>`);
      const change = changeOf(changes, container);
      if (change[name] !== undefined) throw new UsageError(`--${name} is given twice for ${container}`);
      change[name] = wholeNumber(`--${name}`, amount);
    }
  }
  return changes;
}

/** The container that an image without a container is for. */
async function containerFor({ send, values }: Run<typeof FLAGS>, service: string, image: string): Promise<string> {
  const { cluster } = values;
  const found = await send<{
    readonly taskDefinition: { readonly containerDefinitions: readonly Container[] | null } | null;
  }>(CONTAINERS, { cluster, service });
  if (found === null) throw notFound(`There is no service "${service}" in cluster "${cluster ?? 'default'}".`);
  const containers = found.taskDefinition?.containerDefinitions ?? [];
  const same = containers.filter((one) => repositoryOf(one.image) === repositoryOf(image));
  const [container, second] = containers.length === 1 ? containers : same;
  if (container !== undefined && second === undefined) return container.name;
  const names = containers.map(({ name }) => name).join(', ');
  throw new UsageError(`Which container gets ${image}? Say <container>=<image>, with one of ${names}.`);
}

/** An image without its tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
