import { createCommand, notFound, UsageError } from './command.ts';

interface Change {
  readonly path: string;
  readonly text: string;
}

const CHANGES = 'changes { path subject kind before after isMasked text }';
const DEFINITIONS = `query Diff($from: ID!, $to: ID!) {
  diff: taskDefinitionDiff(from: $from, to: $to) { from { taskDefinitionArn } to { taskDefinitionArn } ${CHANGES} }
}`;
const IN_USE = `query InUse($cluster: ID, $service: ID!) {
  service(cluster: $cluster, service: $service) { taskDefinitionArn }
}`;
const PREVIOUS = `query Previous($to: ID!) {
  taskDefinition(taskDefinition: $to) { taskDefinitionArn changes: changesSince { path subject kind before after isMasked text } }
}`;
const DEPLOYMENT = `query LastDeployment($cluster: ID, $service: ID!) {
  service(cluster: $cluster, service: $service) { lastDeployment { serviceDeploymentArn status ${CHANGES} } }
}`;

/** `ecs-graphql diff` */
export const diff = createCommand({
  summary: 'what differs between task definitions, or what a deployment changed',
  usage: [
    'diff <from> <to>',
    'diff <task definition>',
    'diff <to> --service <service> [--cluster <cluster>]',
    'diff --service <service> [--cluster <cluster>]',
  ],
  help: `Compares two task definitions, a task definition with the revision before it, or the one that a service uses with another. With only
--service, shows what the latest deployment of the service changed. A task definition is a family, family:revision or an ARN.

  --service <service>   name or ARN
  --cluster <cluster>   name or ARN; default as ECS's: default
`,
  flags: { service: { type: 'string' }, cluster: { type: 'string', short: 'c' } },
  async run({ values: { service, cluster }, words, send, print }) {
    const [first, second] = words;
    const show = (result: unknown, changes: readonly Change[]) => {
      print(result, changes.length === 0 ? ['No difference.'] : changes.map(({ text }) => text));
      return 0;
    };
    const compare = async (from: string, to: string) => {
      const found = await send<{ readonly changes: readonly Change[] }>(DEFINITIONS, { from, to });
      return show(found, found?.changes ?? []);
    };
    if (service === undefined) {
      if (cluster !== undefined) throw new UsageError('--cluster needs --service: task definitions are in no cluster');
      if (first === undefined || words.length > 2) throw new UsageError('diff needs one or two task definitions');
      if (second !== undefined) return compare(first, second);
      const found = await send<{ readonly changes: readonly Change[] | null }>(PREVIOUS, { to: first });
      if (found === null) throw notFound(`There is no task definition "${first}".`);
      if (found.changes === null) throw notFound(`There is no revision before "${first}".`);
      return show(found, found.changes);
    }
    if (words.length > 1) throw new UsageError('diff --service needs at most one task definition');
    if (first !== undefined) {
      const used = await send<{ readonly taskDefinitionArn: string | null }>(IN_USE, { cluster, service });
      if (used === null) throw notFound(`There is no service "${service}" in cluster "${cluster ?? 'default'}".`);
      if (used.taskDefinitionArn === null) throw notFound(`Service "${service}" has no task definition of its own.`);
      return compare(used.taskDefinitionArn, first);
    }
    const found = await send<{ readonly lastDeployment: { readonly changes: readonly Change[] | null } | null }>(
      DEPLOYMENT,
      { cluster, service },
    );
    if (found === null) throw notFound(`There is no service "${service}" in cluster "${cluster ?? 'default'}".`);
    const { lastDeployment } = found;
    if (lastDeployment?.changes == null)
      throw notFound(`Service "${service}" has no earlier deployment to compare with.`);
    return show(lastDeployment, lastDeployment.changes);
  },
});
