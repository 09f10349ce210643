import { createCommand, type Run, UsageError } from './command.ts';
import { checkTimeout, follow } from './follow.ts';
import {
  ASKING_FLAGS,
  ASKING_HELP,
  CLUSTER_FLAG,
  CLUSTER_HELP,
  confirm,
  FOLLOWING_FLAGS,
  FOLLOWING_HELP,
  keyOf,
  PLAN,
  type PlannedCall,
  planLines,
  WRITE_FLAGS,
  WRITE_HELP,
  write,
} from './write.ts';

export interface ServiceChange {
  readonly service: { readonly serviceName: string; readonly taskDefinitionArn: string | null } | null;
  readonly followCursor: string | null;
  readonly plan: readonly PlannedCall[];
  /** Revisions that a rollback cannot deploy any more. */
  readonly passedOver?: readonly { readonly text: string }[];
}

const SERVICE = 'service { serviceName taskDefinitionArn } deploymentId followCursor';
const REVISION = { 'expected-revision': { type: 'string' } } as const;
const REVISION_HELP = '  --expected-revision <number>  do nothing if the service uses another revision\n';

/** Shows the plan of a dry run; otherwise follows the deployment that a mutation began. */
export async function finishDeployment(
  run: Run<typeof WRITE_FLAGS & typeof FOLLOWING_FLAGS & typeof CLUSTER_FLAG>,
  service: string,
  payload: ServiceChange,
  success?: readonly string[],
): Promise<number> {
  const { values, print } = run;
  const { plan, followCursor: after } = payload;
  print(payload, linesOf(payload));
  if (values['dry-run'] === true || plan.length === 0) return 0;
  if (values['no-wait'] === true || after === null) return 0;
  const variables = { service, cluster: values.cluster, after };
  return follow(run, { kind: 'deployment', variables, ...(success && { success }) });
}

function linesOf({ plan, passedOver = [] }: ServiceChange): string[] {
  return [...passedOver.map(({ text }) => `Passed over: ${text}`), ...planLines(plan)];
}

/** `ecs-graphql scale` */
export const scale = createCommand({
  summary: 'set the desired count of a service',
  usage: ['scale <service> <count> [--cluster <cluster>]'],
  help: `Sets the desired count of a service.

${CLUSTER_HELP}  --expected <count>    do nothing if the service wants another number of tasks
${ASKING_HELP.replace('do not ask', 'do not ask before it scales to 0')}${WRITE_HELP}`,
  flags: { ...ASKING_FLAGS, ...CLUSTER_FLAG, expected: { type: 'string' } },
  async run(run) {
    const { values, words, print } = run;
    const [service, count] = words;
    if (service === undefined || count === undefined || words.length > 2)
      throw new UsageError('scale needs one service and a number of tasks');
    const variables = {
      service,
      cluster: values.cluster,
      desiredCount: wholeNumber('<count>', count),
      expected: values.expected === undefined ? undefined : wholeNumber('--expected', values.expected),
    };
    const query = `mutation Scale($cluster: ID, $service: ID!, $desiredCount: Int!, $expected: Int, $dryRun: Boolean, $key: ID) {
  scaleService(cluster: $cluster, service: $service, desiredCount: $desiredCount, expectedDesiredCount: $expected, dryRun: $dryRun, idempotencyKey: $key) { ${SERVICE} ${PLAN} }
}`;
    if (variables.desiredCount === 0 && values['dry-run'] !== true) {
      const planned = await write<ServiceChange>(dry(run), { query, variables });
      const code = await confirm(run, linesOf(planned), `Scale ${service} to 0?`);
      if (code !== undefined) return code;
    }
    const payload = await write<ServiceChange>(run, { query, variables });
    print(payload, linesOf(payload));
    return 0;
  },
});

/** `ecs-graphql restart` */
export const restart = createCommand({
  summary: 'replace all tasks of a service by new ones of the same revision, and follow it',
  usage: ['restart <service> [--cluster <cluster>]'],
  help: `Replaces all tasks of a service by new ones of the same revision, and follows the deployment to its end.

${CLUSTER_HELP}${REVISION_HELP}${FOLLOWING_HELP}${WRITE_HELP}`,
  flags: { ...WRITE_FLAGS, ...FOLLOWING_FLAGS, ...CLUSTER_FLAG, ...REVISION },
  async run(run) {
    checkTimeout('deployment', run);
    const service = onlyService('restart', run.words);
    const query = `mutation Restart($cluster: ID, $service: ID!, $expected: Int, $dryRun: Boolean, $key: ID) {
  restartService(cluster: $cluster, service: $service, expectedRevision: $expected, dryRun: $dryRun, idempotencyKey: $key) { ${SERVICE} ${PLAN} }
}`;
    const variables = { service, cluster: run.values.cluster, expected: revisionOf(run.values) };
    return finishDeployment(run, service, await write<ServiceChange>(run, { query, variables }));
  },
});

/** `ecs-graphql rollback` */
export const rollback = createCommand({
  summary: 'stop the deployment under way with its rollback, or deploy the last good revision',
  usage: ['rollback <service> [--cluster <cluster>]'],
  help: `Stops the deployment of a service that is under way, and ECS rolls it back; otherwise deploys the last other revision that the service
deployed successfully and that is still ACTIVE. Follows it to its end. Asks first.

${CLUSTER_HELP}${REVISION_HELP}${ASKING_HELP}${FOLLOWING_HELP}${WRITE_HELP}`,
  flags: { ...ASKING_FLAGS, ...FOLLOWING_FLAGS, ...CLUSTER_FLAG, ...REVISION },
  async run(run) {
    checkTimeout('deployment', run);
    const { values } = run;
    const service = onlyService('rollback', run.words);
    const query = `mutation RollBack($cluster: ID, $service: ID!, $expected: Int, $dryRun: Boolean, $key: ID) {
  rollBackService(cluster: $cluster, service: $service, expectedRevision: $expected, dryRun: $dryRun, idempotencyKey: $key) { ${SERVICE} passedOver { taskDefinitionArn reason text } ${PLAN} }
}`;
    let expected = revisionOf(values);
    let flags: string | undefined;
    if (values['dry-run'] !== true && values.yes !== true) {
      const variables = { service, cluster: values.cluster, expected };
      const planned = await write<ServiceChange>(dry(run), { query, variables });
      const code = await confirm(run, linesOf(planned), `Roll back ${service}?`);
      if (code !== undefined) return code;
      // Only the confirmed plan may be carried out. Under a key of the user the same command must stay the same mutation, also
      // after the service has gone back.
      if (values.key === undefined && expected === undefined) {
        const shown = /:(\d+)$/.exec(planned.service?.taskDefinitionArn ?? '')?.[1];
        expected = shown === undefined ? undefined : Number(shown);
      }
      flags = expected === undefined ? '--yes' : `--expected-revision ${expected} --yes`;
    }
    const variables = { service, cluster: values.cluster, expected };
    const payload = await write<ServiceChange>(run, { query, variables }, { key: keyOf(run), flags });
    return finishDeployment(run, service, payload, ['SUCCEEDED', 'ROLLED_BACK']);
  },
});

/** The same run, as a dry one. */
export function dry<Given extends Run<typeof WRITE_FLAGS>>(run: Given): Given {
  return { ...run, values: { ...run.values, 'dry-run': true } };
}

/** @throws {UsageError} */
export function onlyService(command: string, words: readonly string[]): string {
  const [service] = words;
  if (service === undefined || words.length > 1) throw new UsageError(`${command} needs one service`);
  return service;
}

/** @throws {UsageError} */
export function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${name} must be a whole number from 0 to 999999, not ${text}`);
  return Number(text);
}

function revisionOf({ 'expected-revision': text }: { readonly 'expected-revision'?: string }): number | undefined {
  return text === undefined ? undefined : wholeNumber('--expected-revision', text);
}
