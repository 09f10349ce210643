import type { Attribute } from '@aws-sdk/client-ecs';
import { lastPart } from '../core/arn.ts';
import { type Evidence, field, includesAll, type WriteCheck } from './check.ts';

const showTags = (resourceArn: string | undefined) => field('tags', { resourceArn }, 'key value');

async function readTags(evidence: Evidence, resourceArn: string | undefined) {
  const { tags = [] } = await evidence.read('ListTagsForResource', { resourceArn });
  return tags;
}

export const tagResource: WriteCheck<'TagResource'> = {
  check: ({ resourceArn }) => showTags(resourceArn),
  find: async (evidence, { resourceArn, tags }) =>
    includesAll(await readTags(evidence, resourceArn), tags) ? {} : undefined,
};

export const untagResource: WriteCheck<'UntagResource'> = {
  check: ({ resourceArn }) => showTags(resourceArn),
  async find(evidence, { resourceArn, tagKeys = [] }) {
    const tags = await readTags(evidence, resourceArn);
    return tags.some(({ key = '' }) => tagKeys.includes(key)) ? undefined : {};
  },
};

interface OnTargets {
  readonly cluster?: string | undefined;
  readonly attributes?: readonly Attribute[] | undefined;
}

const showAttributes = ({ cluster, attributes = [] }: OnTargets) =>
  field(
    'attributes',
    { clusters: cluster ?? 'default', attributeName: attributes[0]?.name },
    'nodes { name value targetId }',
  );

/** Whether each attribute's target has it. */
async function readAttributes(evidence: Evidence, { cluster, attributes = [] }: OnTargets): Promise<boolean[]> {
  const has: boolean[] = [];
  for (const { name, value, targetId, targetType = 'container-instance' } of attributes) {
    const input = { cluster, targetType, attributeName: name };
    const answer = await evidence.read('ListAttributes', input);
    const onTarget = answer.attributes?.find((attribute) => lastPart(attribute.targetId) === lastPart(targetId));
    has.push(onTarget !== undefined && (value === undefined || onTarget.value === value));
  }
  return has;
}

export const putAttributes: WriteCheck<'PutAttributes'> = {
  check: showAttributes,
  async find(evidence, input) {
    const has = await readAttributes(evidence, input);
    return has.every(Boolean) ? { attributes: input.attributes } : undefined;
  },
};

export const deleteAttributes: WriteCheck<'DeleteAttributes'> = {
  check: showAttributes,
  async find(evidence, input) {
    const has = await readAttributes(evidence, input);
    return has.some(Boolean) ? undefined : { attributes: input.attributes };
  },
};

const showSetting = (effectiveSettings: boolean) => (input: { readonly principalArn?: string | undefined }) =>
  field(
    'accountSettings',
    { principalArn: input.principalArn, effectiveSettings },
    'nodes { name value principalArn }',
  );

export const putAccountSetting: WriteCheck<'PutAccountSetting'> = {
  check: showSetting(false),
  async find(evidence, { name, value, principalArn }) {
    const { settings = [] } = await evidence.read('ListAccountSettings', { name, principalArn });
    const setting = settings.find((candidate) => candidate.value === value);
    return setting === undefined ? undefined : { setting };
  },
};

/** The account's default is visible only to principals without a setting of their own. */
export const putAccountSettingDefault: WriteCheck<'PutAccountSettingDefault'> = {
  check: () => showSetting(true)({}),
};

export const deleteAccountSetting: WriteCheck<'DeleteAccountSetting'> = {
  check: showSetting(false),
  async find(evidence, { name, principalArn }) {
    const { settings = [] } = await evidence.read('ListAccountSettings', { name, principalArn });
    return settings.length > 0 ? undefined : { setting: { name, principalArn } };
  },
};
