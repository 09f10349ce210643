import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationName } from '../../../src/ecs/core/operations.ts';
import type { WriteCheck, WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const schema = sharedSchema();
const model = new Model();
const writes = (Object.keys(OPERATIONS) as OperationName[]).filter(
  (operation) => OPERATIONS[operation].kind !== 'read' && operation !== 'DiscoverPollEndpoint',
) as WriteOperation[];
const checkOf = (operation: WriteOperation) => WRITE_CHECKS[operation] as WriteCheck<WriteOperation>;

/** A value for each member of a write's input that names something. */
function namesIn(operation: WriteOperation): object {
  const members = model.request(operation).filter(({ type }) => type.kind === 'scalar' && type.name === 'String');
  return Object.fromEntries(members.map(({ name, list }) => [name, list ? [name] : name]));
}

describe('how to find out what became of a write', () => {
  it('is known of every write, and of nothing else', () => {
    expect(Object.keys(WRITE_CHECKS).sort()).toEqual([...writes].sort());
  });

  it.each(writes)('%s: the fields to read are fields of the graph', (operation) => {
    const [named, unnamed] = [namesIn(operation), {}].map((input) => checkOf(operation).check(input as never));
    expect(named === undefined).toBe(WITHOUT_TRACE.includes(operation));
    if (named !== undefined) expectNoErrors(`{ ${named} }`, true);
    if (unnamed !== undefined) expectNoErrors(`{ ${unnamed} }`, false);
  });

  it('is to send again exactly what ECS knows by a client token', () => {
    const withToken = writes.filter((operation) =>
      model.request(operation).some((member) => member.name === 'clientToken'),
    );
    expect(writes.filter((operation) => checkOf(operation).resend === true)).toEqual(withToken);
  });

  it('is left to people only where ECS shows nothing that is sure', () => {
    const left = writes.filter((operation) => !checkOf(operation).resend && checkOf(operation).find === undefined);
    expect(left).toEqual(LEFT_TO_PEOPLE);
  });
});

/** ECS keeps neither sessions nor what agents have reported of attachments. */
const WITHOUT_TRACE = ['ExecuteCommand', 'SubmitAttachmentStateChanges'];

/** Beside these: an agent's own reports, and a default that a principal's own setting hides. */
const LEFT_TO_PEOPLE = [
  'ExecuteCommand',
  'PutAccountSettingDefault',
  'RegisterContainerInstance',
  'SubmitAttachmentStateChanges',
  'SubmitContainerStateChange',
  'SubmitTaskStateChange',
];

/** An input without its names leaves the arguments out that would hold them. */
function expectNoErrors(document: string, isNamed: boolean): void {
  const messages = validate(schema, parse(document)).map(({ message }) => message);
  expect(messages.filter((message) => isNamed || !/is required, but it was not provided/.test(message))).toEqual([]);
}
