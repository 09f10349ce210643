import {
  type Call,
  has,
  hasNot,
  instance,
  list,
  type Names,
  ON_FARGATE,
  service,
  type WriteCase,
} from './write-cases.ts';

const task = (arn: string | undefined, fields: string) => `{ task(task: "${arn}") { ${fields} } }`;
const REVISION = { containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] };

async function running(call: Call): Promise<Names> {
  const { tasks } = await call('RunTask', { cluster: 'base', ...ON_FARGATE });
  return { arn: (tasks as { taskArn: string }[])[0]?.taskArn ?? '' };
}

async function revision(call: Call, family: string): Promise<Names> {
  await call('RegisterTaskDefinition', { family, ...REVISION });
  const output = await call('RegisterTaskDefinition', { family, ...REVISION });
  return { name: family, arn: String((output.taskDefinition as { taskDefinitionArn: string }).taskDefinitionArn) };
}

const revisions = (family: string | undefined, more = '') =>
  list(`taskDefinitions(family: "${family}"${more})`, 'taskDefinitionArn');

/** Writes of tasks and task definitions. */
export const TASK_WRITES: readonly WriteCase[] = [
  {
    operation: 'RunTask',
    input: () => ({ cluster: 'base', ...ON_FARGATE, startedBy: 'me' }),
    payload: 'tasks { taskArn }',
    shows: {
      task: ({ taskArn }) => [
        task(taskArn, 'desiredStatus startedBy'),
        { task: { desiredStatus: 'RUNNING', startedBy: 'me' } },
      ],
      tasks: ({ taskArn }) => [list('tasks(clusters: ["base"], startedBy: "me")', 'taskArn'), has({ taskArn })],
    },
  },
  {
    operation: 'StartTask',
    prepare: instance,
    input: ({ arn }) => ({ cluster: 'base', taskDefinition: 'plain', containerInstances: [arn] }),
    payload: 'tasks { taskArn }',
    shows: {
      task: ({ taskArn }) => [task(taskArn, 'desiredStatus'), { task: { desiredStatus: 'RUNNING' } }],
      tasks: ({ taskArn }) => [list('tasks(clusters: ["base"])', 'taskArn'), has({ taskArn })],
      'containerInstance { tasks }': ({ arn, taskArn }) => [
        `{ containerInstance(containerInstance: "${arn}") { tasks { nodes { taskArn } } } }`,
        { containerInstance: { tasks: { nodes: [{ taskArn }] } } },
      ],
    },
  },
  {
    operation: 'StopTask',
    prepare: running,
    input: ({ arn }) => ({ cluster: 'base', task: arn }),
    shows: {
      task: ({ arn }) => [task(arn, 'desiredStatus'), { task: { desiredStatus: 'STOPPED' } }],
      tasks: ({ arn }) => [list('tasks(clusters: ["base"])', 'taskArn'), hasNot({ taskArn: arn })],
      'tasks(desiredStatus: STOPPED)': ({ arn }) => [
        list('tasks(clusters: ["base"], desiredStatus: STOPPED)', 'taskArn'),
        has({ taskArn: arn }),
      ],
    },
  },
  {
    operation: 'UpdateTaskProtection',
    prepare: async (call, name) => {
      await service(call, name, 1);
      return { name };
    },
    before: async (call, { name }) => {
      const { taskArns } = await call('ListTasks', { cluster: 'base', serviceName: name });
      return { task: (taskArns as string[])[0] ?? '' };
    },
    input: (names) => ({ cluster: 'base', tasks: [names.task], protectionEnabled: true, expiresInMinutes: 60 }),
    payload: 'protectedTasks { expirationDate }',
    shows: {
      'task { protection }': (names) => [
        task(names.task, 'protection { protectionEnabled expirationDate }'),
        { task: { protection: { protectionEnabled: true, expirationDate: names.expirationDate } } },
      ],
    },
  },
  {
    operation: 'ExecuteCommand',
    input: () => ({}),
    shows: {},
    note: 'It changes nothing that is read.',
  },
  {
    operation: 'RegisterTaskDefinition',
    prepare: revision,
    input: ({ name }) => ({ family: name, ...REVISION }),
    payload: 'taskDefinition { taskDefinitionArn }',
    shows: {
      'taskDefinition, by its family too': ({ name }) => [
        `{ taskDefinition(taskDefinition: "${name}") { revision status } }`,
        { taskDefinition: { revision: 3, status: 'ACTIVE' } },
      ],
      taskDefinitions: ({ name, taskDefinitionArn }) => [revisions(name), has({ taskDefinitionArn })],
      taskDefinitionFamilies: ({ name }) => [
        list(`taskDefinitionFamilies(familyPrefix: "${name}")`, 'family'),
        has({ family: name }),
      ],
    },
  },
  {
    operation: 'DeregisterTaskDefinition',
    prepare: revision,
    input: ({ arn }) => ({ taskDefinition: arn }),
    shows: {
      taskDefinition: ({ arn }) => [
        `{ taskDefinition(taskDefinition: "${arn}") { status } }`,
        { taskDefinition: { status: 'INACTIVE' } },
      ],
      taskDefinitions: ({ name, arn }) => [revisions(name), hasNot({ taskDefinitionArn: arn })],
      'taskDefinitions(status: INACTIVE)': ({ name, arn }) => [
        revisions(name, ', status: INACTIVE'),
        has({ taskDefinitionArn: arn }),
      ],
    },
  },
  {
    operation: 'DeleteTaskDefinitions',
    prepare: async (call, name) => {
      const names = await revision(call, name);
      await call('DeregisterTaskDefinition', { taskDefinition: names.arn });
      return names;
    },
    input: ({ arn }) => ({ taskDefinitions: [arn] }),
    shows: {
      taskDefinition: ({ arn }) => [
        `{ taskDefinition(taskDefinition: "${arn}") { status } }`,
        { taskDefinition: { status: 'DELETE_IN_PROGRESS' } },
      ],
      'taskDefinitions(status: INACTIVE)': ({ name, arn }) => [
        revisions(name, ', status: INACTIVE'),
        hasNot({ taskDefinitionArn: arn }),
      ],
      'taskDefinitions(status: DELETE_IN_PROGRESS)': ({ name, arn }) => [
        revisions(name, ', status: DELETE_IN_PROGRESS'),
        has({ taskDefinitionArn: arn }),
      ],
    },
  },
];
