import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { SECRET_KINDS, SECRET_MEMBERS } from '../../src/schema/core/overrides.ts';
import { operations } from '../../src/schema/generated/operations.ts';
import { structures } from '../../src/schema/generated/structures.ts';
import { createWorld } from '../support/gateway/world.ts';

/** Members whose names callers choose, that hold no secrets: ECS defines what they hold. */
const SHOWN = [
  // Identifiers of network interfaces and volumes.
  'Attachment.details',
  // Numbers of tasks by launch type.
  'Cluster.statistics',
  // Ports and addresses of App Mesh.
  'ProxyConfiguration.properties',
];

describe('the table of secret members', () => {
  it('has a line for each member whose content ECS leaves to callers', () => {
    const open = Object.entries(structures).flatMap(([owner, members]) =>
      Object.entries(members).flatMap(([name, notation]) =>
        /StringMap|JSON|KeyValuePair|@sensitive/.test(notation) ? [`${owner}.${name}`] : [],
      ),
    );
    const listed = Object.entries(SECRET_MEMBERS).flatMap(([owner, members]) =>
      Object.keys(members).map((name) => `${owner}.${name}`),
    );
    expect(open.filter((member) => !listed.includes(member) && !SHOWN.includes(member))).toEqual([]);
  });

  it('names members that exist', () => {
    for (const [owner, members] of Object.entries(SECRET_MEMBERS)) {
      const known: object =
        owner in structures
          ? structures[owner as keyof typeof structures]
          : operations[owner as keyof typeof operations].input;
      expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(members)));
    }
  });
});

describe('EXPOSE_KINDS', () => {
  it('takes every kind', () => {
    const kinds = Object.keys(SECRET_KINDS);
    expect(loadConfig('serve', [], { EXPOSE_KINDS: kinds.join(), AWS_REGION: 'eu-west-1' })).toMatchObject({
      exposeKinds: kinds,
    });
    expect(() => loadConfig('serve', [], { EXPOSE_KINDS: 'TAGS', AWS_REGION: 'eu-west-1' })).toThrow('EXPOSE_KINDS');
  });

  it('shows values of those kinds alone, and the answer says what was hidden', async () => {
    const world = await createWorld({ seed: 'empty' }, { EXPOSE_KINDS: 'COMMAND,LABEL' });
    const container = {
      name: 'app',
      image: 'app:1',
      memory: 64,
      command: ['run'],
      dockerLabels: { team: 'web' },
      logConfiguration: {
        logDriver: 'AWSLOGS',
        options: { 'awslogs-group': '/ecs/web', 'awslogs-region': 'eu-west-1', 'awslogs-endpoint': 'https://u:p@logs' },
      },
    };
    const { data, errors, extensions } = await world.query(
      `mutation ($containers: [ContainerDefinitionInput!]!) {
        registerTaskDefinition(input: { family: "web", containerDefinitions: $containers }) { taskDefinition {
          containerDefinitions { command dockerLabels isMasked logConfiguration { options isMasked } } } } }`,
      { containers: [container] },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      registerTaskDefinition: {
        taskDefinition: {
          containerDefinitions: [
            {
              command: ['run'],
              dockerLabels: { team: 'web' },
              isMasked: false,
              logConfiguration: {
                options: { 'awslogs-group': '/ecs/web', 'awslogs-region': 'eu-west-1', 'awslogs-endpoint': null },
                isMasked: true,
              },
            },
          ],
        },
      },
    });
    expect(extensions).toMatchObject({ masked: { kinds: ['LOG_OPTION'], shownBy: 'EXPOSE_SECRETS' } });
    expect((await world.query('{ server { secretsShown hiddenKinds } }')).data).toEqual({
      server: {
        secretsShown: false,
        hiddenKinds: ['CREDENTIAL', 'ENVIRONMENT', 'HOOK_DETAILS', 'LOG_OPTION', 'SESSION', 'VOLUME_OPTION'],
      },
    });
    await world.dispose();
  });
});
