import { createCommand, UsageError } from './command.ts';
import { dry, wholeNumber } from './service-commands.ts';
import {
  ASKING_FLAGS,
  ASKING_HELP,
  confirm,
  keyOf,
  PLAN,
  type PlannedCall,
  planLines,
  WRITE_HELP,
  write,
} from './write.ts';

const QUERY = `mutation CleanUp($families: [String!]!, $keep: Int!, $delete: Boolean!, $dryRun: Boolean, $key: ID) {
  cleanUpTaskDefinitions(families: $families, keep: $keep, delete: $delete, dryRun: $dryRun, idempotencyKey: $key) {
    removedCount remainingCount keptCount results { taskDefinitionArn status code message }
    kept { taskDefinitionArn isNewest useCount } ${PLAN}
  }
}`;

interface CleanUp {
  readonly removedCount: number;
  readonly remainingCount: number;
  readonly keptCount: number;
  readonly results: readonly {
    readonly taskDefinitionArn: string;
    readonly status: string | null;
    readonly code: string | null;
    readonly message: string | null;
  }[];
  readonly plan: readonly PlannedCall[];
}

/** `ecs-graphql clean-up` */
export const cleanUp = createCommand({
  summary: 'deregister, or delete, the revisions of families that nothing in ECS uses',
  usage: ['clean-up <family>... [--keep <n>] [--delete]'],
  help: `Deregisters the revisions of these families that no service or task of any cluster uses, except the newest; with --delete it also deletes
INACTIVE ones. Asks first. It does not see references from other services of AWS, such as a rule of EventBridge.

  --keep <n>            how many of the newest revisions of each family stay; default 5
  --delete              delete for good
${ASKING_HELP}${WRITE_HELP}`,
  flags: { ...ASKING_FLAGS, keep: { type: 'string' }, delete: { type: 'boolean' } },
  async run(run) {
    const { values, words: families, print, host, signal } = run;
    if (families.length === 0) throw new UsageError('clean-up needs at least one family');
    const keep = values.keep === undefined ? 5 : wholeNumber('--keep', values.keep);
    const mutation = { query: QUERY, variables: { families, keep, delete: values.delete === true } };
    if (values['dry-run'] === true || values.yes !== true) {
      const planned = await write<CleanUp>(dry(run), mutation);
      const more = planned.remainingCount > 0 ? [`... and ${planned.remainingCount} more revisions`] : [];
      if (values['dry-run'] === true) {
        print(planned, [...planLines(planned.plan), ...more]);
        return 0;
      }
      if (planned.plan.length === 0) {
        print(planned, planLines([]));
        return 0;
      }
      const count = new Set(planned.plan.flatMap(({ changes }) => changes.map(({ field }) => field))).size;
      const verb = values.delete === true ? 'Delete' : 'Deregister';
      const code = await confirm(run, planLines(planned.plan), `${verb} ${count + planned.remainingCount} revisions?`);
      if (code !== undefined) return code;
    }
    let failures = 0;
    const key = keyOf(run);
    for (let part = 0; ; part += 1) {
      // Each part has a key of its own, so that the same command goes on where it stopped.
      const done = await write<CleanUp>(run, mutation, { key, part });
      print(done, [
        ...done.results.map(
          ({ taskDefinitionArn, status, message }) =>
            `${taskDefinitionArn.replace(/^.*\//, '')}: ${message ?? String(status).toLowerCase().replaceAll('_', ' ')}`,
        ),
        ...(done.results.length === 0 ? ['Nothing to do.'] : []),
      ]);
      failures += done.results.filter(({ code }) => code !== null).length;
      // Every further part would contain the revisions that ECS refused.
      if (done.remainingCount === 0 || done.removedCount === 0 || signal.aborted) break;
    }
    if (failures > 0) host.err(`ECS refused to remove ${failures} revisions.\n`);
    return failures > 0 ? 1 : 0;
  },
});
