import { describe, expect, it } from 'vitest';
import { imageMatches, secretMatches, secretsOf } from '../../../src/schema/links/usage-match.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, IMAGE, SECRET } from '../../support/ecs/one-of-each.ts';

describe('an image', () => {
  it.each([
    ['shop/web:7', 'shop/web:7', undefined, true],
    ['shop/web:7', 'shop/web:8', undefined, false],
    ['shop/web', 'shop/web:8', undefined, true],
    ['shop/web', 'shop/webapp:8', undefined, false],
    ['shop/web', 'shop/web@sha256:abc', undefined, true],
    ['registry:5000/web', 'registry:5000/web:1', undefined, true],
    ['registry:5000/web', 'registry:5000/web', undefined, true],
    ['registry:5000/web:1', 'registry:5000/web', undefined, false],
    ['shop/web@sha256:abc', 'shop/web:7', 'sha256:abc', true],
    ['shop/web@sha256:abc', 'other/web:7', 'sha256:abc', false],
    ['sha256:abc', 'shop/web:7', 'sha256:abc', true],
    ['sha256:abc', 'shop/web@sha256:abc', undefined, true],
    ['sha256:abc', 'shop/web:7', 'sha256:def', false],
    ['shop/web:7', undefined, 'sha256:abc', false],
  ])('%s in %s (%s): %s', (wanted, image, digest, expected) => {
    expect(imageMatches(wanted, image, digest)).toBe(expected);
  });

  it('is found in task definitions, services and tasks, each definition described once', async () => {
    await using world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {});
    const { data } = await world.query(
      `query ($image: String!) {
        imageUsage(image: $image) {
          image
          taskDefinitions { nodes { revision } }
          services(clusters: ["prod"]) { nodes { serviceName } }
          tasks(clusters: ["prod"]) { nodes { taskArn } }
        }
      }`,
      { image: IMAGE.replace(/:7$/, '') },
    );
    expect(data).toEqual({
      imageUsage: {
        image: 'registry.example:5000/shop/web',
        taskDefinitions: { nodes: [{ revision: 2 }] },
        services: { nodes: [{ serviceName: 'web' }] },
        tasks: { nodes: [{ taskArn: ARNS.Task }] },
      },
    });
    expect(world.counts()).toMatchObject({ DescribeTaskDefinition: 2, ListServices: 1, ListTasks: 1 });
  });

  it('is looked for in as many revisions as `first` says', async () => {
    const arns = Array.from({ length: 5 }, (_, index) => ARNS.TaskDefinition.replace(/:2$/, `:${index + 2}`));
    await using world = await createFakeWorld((operation, input) => {
      if (operation === 'ListTaskDefinitions') return { taskDefinitionArns: arns };
      const revision = Number(String(input.taskDefinition).split(':').at(-1));
      const image = revision === 6 ? 'wanted:1' : 'other:1';
      return {
        taskDefinition: {
          taskDefinitionArn: input.taskDefinition,
          family: 'web',
          revision,
          containerDefinitions: [{ name: 'web', image }],
        },
      };
    });
    const page = 'nodes { revision } pageInfo { hasNextPage endCursor }';
    type Data = {
      imageUsage: { taskDefinitions: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    };
    const first = await world.query<Data>(`{ imageUsage(image: "wanted") { taskDefinitions(first: 3) { ${page} } } }`);
    expect(first.data?.imageUsage.taskDefinitions).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
    expect(world.counts().DescribeTaskDefinition).toBe(3);
    const after = first.data?.imageUsage.taskDefinitions.pageInfo.endCursor;
    const next = await world.query<Data>(
      `{ imageUsage(image: "wanted") { taskDefinitions(first: 3, after: "${after}") { ${page} } } }`,
    );
    expect(next.data?.imageUsage.taskDefinitions).toMatchObject({
      nodes: [{ revision: 6 }],
      pageInfo: { hasNextPage: false },
    });
  });
});

describe('a secret', () => {
  it.each([
    [SECRET, SECRET, true],
    [SECRET, `${SECRET}:password::`, true],
    [SECRET, `${SECRET}x`, false],
    [`${SECRET}:password::`, SECRET, false],
    ['/prod/db', '/prod/db', true],
    ['/prod/db', '/prod/db:1', false],
  ])('%s in %s: %s', (wanted, valueFrom, expected) => {
    expect(secretMatches(wanted, valueFrom)).toBe(expected);
  });

  it('may stand in containers, log options and volumes, and registry credentials are left alone', () => {
    const definition = {
      containerDefinitions: [
        {
          secrets: [{ name: 'A', valueFrom: 'a' }],
          logConfiguration: { logDriver: 'splunk' as const, secretOptions: [{ name: 'B', valueFrom: 'b' }] },
          repositoryCredentials: { credentialsParameter: 'hidden' },
        },
      ],
      volumes: [
        {
          fsxWindowsFileServerVolumeConfiguration: {
            fileSystemId: 'fs-1',
            rootDirectory: '/',
            authorizationConfig: { credentialsParameter: 'c', domain: 'd' },
          },
        },
      ],
    };
    expect(secretsOf(definition)).toEqual(['a', 'b', 'c']);
  });

  it('is found in services and tasks through their task definitions', async () => {
    await using world = await createFakeWorld((operation, input) => ANSWERS[operation]?.(input) ?? {});
    const { data } = await world.query(
      `{ secretUsage(valueFrom: "${SECRET}") { services(clusters: ["prod"]) { nodes { serviceName } } tasks(clusters: ["prod"]) { nodes { taskArn } } } }`,
    );
    expect(data).toEqual({
      secretUsage: { services: { nodes: [{ serviceName: 'web' }] }, tasks: { nodes: [{ taskArn: ARNS.Task }] } },
    });
    expect(world.counts().DescribeTaskDefinition).toBe(2);
  });
});
