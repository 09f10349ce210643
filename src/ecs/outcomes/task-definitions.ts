import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { field, matches, type WriteCheck } from './check.ts';

/** Revisions that others may have registered after the one that is sought. */
const MOST_NEWER = 5;

const showTaskDefinition = (taskDefinition: string | undefined) =>
  field('taskDefinition', { taskDefinition }, 'taskDefinitionArn revision status registeredAt');

/** Searches from the newest revision until one is older than the write, for the content of the input. */
export const registerTaskDefinition: WriteCheck<'RegisterTaskDefinition'> = {
  check: ({ family }) => showTaskDefinition(family),
  async find(evidence, { tags: wantedTags = [], ...content }) {
    let name = content.family ?? '';
    for (let looked = 0; looked <= MOST_NEWER; looked += 1) {
      const answer = await evidence.read('DescribeTaskDefinition', { taskDefinition: name, include: ['TAGS'] });
      const { taskDefinition, tags = [] } = answer;
      const { registeredAt, revision = 1, taskDefinitionArn } = taskDefinition ?? {};
      if (!evidence.isSince(registeredAt)) return undefined;
      const isSought = !evidence.isTaken(taskDefinitionArn) && matches(taskDefinition, content);
      if (isSought && matches(tags, wantedTags)) return { taskDefinition, tags };
      if (revision <= 1) return undefined;
      name = `${content.family}:${revision - 1}`;
    }
    return undefined;
  },
  makes: ({ taskDefinition }) => [taskDefinition?.taskDefinitionArn],
};

export const deregisterTaskDefinition: WriteCheck<'DeregisterTaskDefinition'> = {
  check: ({ taskDefinition }) => showTaskDefinition(taskDefinition),
  async find(evidence, { taskDefinition: name = '' }) {
    const { taskDefinition } = await evidence.read('DescribeTaskDefinition', { taskDefinition: name });
    return taskDefinition !== undefined && taskDefinition.status !== 'ACTIVE' ? { taskDefinition } : undefined;
  },
};

export const deleteTaskDefinitions: WriteCheck<'DeleteTaskDefinitions'> = {
  check: ({ taskDefinitions = [] }) => showTaskDefinition(taskDefinitions[0]),
  async find(evidence, { taskDefinitions: names = [] }) {
    const taskDefinitions: TaskDefinition[] = [];
    for (const name of names) {
      const { taskDefinition } = await evidence.read('DescribeTaskDefinition', { taskDefinition: name });
      if (taskDefinition?.status !== 'DELETE_IN_PROGRESS') return undefined;
      taskDefinitions.push(taskDefinition);
    }
    return { taskDefinitions, failures: [] };
  },
};
