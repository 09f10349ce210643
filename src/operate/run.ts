import { createCommand, notFound, UsageError } from './command.ts';
import { checkTimeout, follow } from './follow.ts';
import { wholeNumber } from './service-commands.ts';
import {
  CLUSTER_FLAG,
  CLUSTER_HELP,
  FOLLOWING_FLAGS,
  FOLLOWING_HELP,
  PLAN,
  type PlannedCall,
  planLines,
  WRITE_FLAGS,
  WRITE_HELP,
  write,
} from './write.ts';

const QUERY = `mutation Run($cluster: ID, $service: ID, $taskDefinition: ID, $count: Int, $overrides: TaskOverrideInput, $startedBy: String,
  $launchType: LaunchTypeInput, $network: NetworkConfigurationInput, $dryRun: Boolean, $key: ID) {
  runJob(cluster: $cluster, service: $service, taskDefinition: $taskDefinition, count: $count, overrides: $overrides, startedBy: $startedBy,
    launchType: $launchType, networkConfiguration: $network, dryRun: $dryRun, idempotencyKey: $key) {
    taskArns failures { arn reason detail } followCursor ${PLAN}
  }
}`;
const CONTAINERS_OF_SERVICE = `query Containers($cluster: ID, $service: ID!) {
  service(cluster: $cluster, service: $service) { taskDefinition { containerDefinitions { name } } }
}`;
const CONTAINERS_OF_DEFINITION = `query Containers($taskDefinition: ID!) {
  taskDefinition(taskDefinition: $taskDefinition) { containerDefinitions { name } }
}`;

interface Job {
  readonly taskArns: readonly string[];
  readonly failures: readonly {
    readonly arn: string | null;
    readonly reason: string | null;
    readonly detail: string | null;
  }[];
  readonly followCursor: string | null;
  readonly plan: readonly PlannedCall[];
}

interface Definition {
  readonly containerDefinitions: readonly { readonly name: string }[] | null;
}

/** `ecs-graphql run` */
export const run = createCommand({
  summary: 'run a task, as those of a service run or on its own, and follow it to its verdict',
  usage: [
    'run --service <service> [<task definition>] [--cluster <cluster>] [-- <command>...]',
    'run <task definition> [--launch-type <type>] [--subnets <id,...>] [-- <command>...]',
  ],
  help: `Starts tasks and follows them to their end: exit code 0 only if every essential container of each exits with 0. With --service they run
with the network, capacity and task definition of a service.

${CLUSTER_HELP}  --service <service>   name or ARN of a service to take the settings from
  --container <name>    the container that gets <command> and --env; needed if the task has several
  --env <NAME>=<value>  set a variable; repeatable
  --count <n>           how many tasks, from 1 to 10
  --started-by <text>   a text by which the tasks can be listed
  --launch-type <type>  EC2, FARGATE or EXTERNAL
  --subnets <id,...>, --security-groups <id,...>, --public-ip   network of tasks in the mode awsvpc
${FOLLOWING_HELP}${WRITE_HELP}`,
  flags: {
    ...WRITE_FLAGS,
    ...FOLLOWING_FLAGS,
    ...CLUSTER_FLAG,
    service: { type: 'string' },
    container: { type: 'string' },
    env: { type: 'string', multiple: true },
    count: { type: 'string' },
    'started-by': { type: 'string' },
    'launch-type': { type: 'string' },
    subnets: { type: 'string' },
    'security-groups': { type: 'string' },
    'public-ip': { type: 'boolean' },
  },
  async run(call) {
    checkTimeout('task', call);
    const { values, words, rest, send, print, host } = call;
    const { cluster, service, container } = values;
    const [taskDefinition] = words;
    if (words.length > 1 || (taskDefinition === undefined && service === undefined))
      throw new UsageError('run needs a task definition or --service; write a command after --');
    const environment = (values.env ?? []).map((text) => {
      const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined) throw new UsageError(`--env ${text} is not <NAME>=<value>`);
      return { name, value };
    });
    const name = async () => {
      if (container !== undefined) return container;
      const found =
        taskDefinition === undefined
          ? (await send<{ taskDefinition: Definition | null }>(CONTAINERS_OF_SERVICE, { cluster, service }))
              ?.taskDefinition
          : await send<Definition>(CONTAINERS_OF_DEFINITION, { taskDefinition });
      if (found == null)
        throw notFound(
          taskDefinition === undefined
            ? `There is no service "${service}" with a task definition in cluster "${cluster ?? 'default'}".`
            : `There is no task definition "${taskDefinition}".`,
        );
      const names = (found.containerDefinitions ?? []).map((one) => one.name);
      if (names.length === 1) return names[0];
      throw new UsageError(`--container is needed: the task has ${names.join(', ')}`);
    };
    const isOverridden = rest.length > 0 || environment.length > 0;
    const override = isOverridden && {
      name: await name(),
      ...(rest.length > 0 && { command: rest }),
      ...(environment.length > 0 && { environment }),
    };
    const variables = {
      cluster,
      service,
      taskDefinition,
      count: values.count === undefined ? undefined : wholeNumber('--count', values.count),
      startedBy: values['started-by'],
      launchType: launchType(values['launch-type']),
      network: networkOf(values),
      overrides: override ? { containerOverrides: [override] } : undefined,
    };
    const job = await write<Job>(call, { query: QUERY, variables });
    const started = job.taskArns.map((arn) => `started ${arn.replace(/^.*\//, '')}`);
    print(job, values['dry-run'] === true ? planLines(job.plan) : started);
    if (values['dry-run'] === true) return 0;
    for (const { arn, reason, detail } of job.failures)
      host.err(`A task could not start: ${[reason, detail, arn].filter((part) => part !== null).join(', ')}\n`);
    const isWhole = job.taskArns.length === (variables.count ?? 1);
    if (job.followCursor === null || values['no-wait'] === true) return isWhole ? 0 : 1;
    const code = await follow(call, {
      kind: 'task',
      variables: { tasks: job.taskArns, cluster, after: job.followCursor },
    });
    return code === 0 && !isWhole ? 1 : code;
  },
});

function launchType(text: string | undefined): string | undefined {
  const types = ['EC2', 'FARGATE', 'EXTERNAL'];
  if (text === undefined || types.includes(text.toUpperCase())) return text?.toUpperCase();
  throw new UsageError(`--launch-type must be one of ${types.join(', ')}, not ${text}`);
}

interface Network {
  readonly subnets?: string;
  readonly 'security-groups'?: string;
  readonly 'public-ip'?: boolean;
}

function networkOf({ subnets, 'security-groups': securityGroups, 'public-ip': publicIp }: Network) {
  if (subnets === undefined) {
    if (securityGroups !== undefined || publicIp === true)
      throw new UsageError('--security-groups and --public-ip need --subnets');
    return undefined;
  }
  const awsvpcConfiguration = {
    subnets: idsIn('--subnets', subnets),
    ...(securityGroups !== undefined && { securityGroups: idsIn('--security-groups', securityGroups) }),
    ...(publicIp === true && { assignPublicIp: 'ENABLED' }),
  };
  return { awsvpcConfiguration };
}

function idsIn(flag: string, text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.includes('')) throw new UsageError(`${flag} must be ids with commas between them, not "${text}"`);
  return ids;
}
