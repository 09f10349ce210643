import { ListContainerInstancesCommand, PutAttributesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { registerInstance, withCluster } from '../support/sandbox-world.ts';
import { withSandbox } from '../support/start-sandbox.ts';

describe('a pattern in a filter of container instances', () => {
  async function matches(filter: string): Promise<number | undefined> {
    await using s = await withSandbox();
    await withCluster(s);
    const targetId = await registerInstance(s, 'a');
    const attributes = [{ name: 'word', value: `${'a'.repeat(60)}-b`, targetId }];
    await s.ecs.send(new PutAttributesCommand({ cluster: 'main', attributes }));
    const { containerInstanceArns } = await s.ecs.send(new ListContainerInstancesCommand({ cluster: 'main', filter }));
    return containerInstanceArns?.length;
  }

  it.each([
    ['(a+)+', 0],
    ['(a|a)*b', 0],
    ['(a+)+-b', 1],
    ['a.*', 1],
  ])('%s is decided at once, however often it could go back', async (pattern, count) => {
    expect(await matches(`attribute:word =~ "${pattern}"`)).toBe(count);
  });

  it.each(['(a)\\\\1.*', 'a(?=a).*', '(?<!b)a.*', '(a'])('%s is refused', async (pattern) => {
    await expect(matches(`attribute:word =~ "${pattern}"`)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
