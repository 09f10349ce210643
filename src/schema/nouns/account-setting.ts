import type { Setting } from '@aws-sdk/client-ecs';
import { recordKeyOf } from '../../ecs/consistency/written-records.ts';
import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { pagedConnection } from '../connections/pagination.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** Account settings: their list and writes. */
export function addAccountSetting(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    accountSettings: t.field({
      type: graph.connection('AccountSetting', graph.outputType('Setting')),
      description:
        "Settings of the account and of its principals. By default, the settings of the gateway's own principal. Costs one ListAccountSettings for each 10.",
      args: {
        ...graph.inputs.args('ListAccountSettings', t.arg, ['name', 'value', 'principalArn', 'effectiveSettings'], {
          name: 'Only this setting.',
          value: 'Only settings of this value; needs `name` beside it.',
          principalArn:
            'ARN of the user, role or root whose settings are read. Null means the principal of the gateway.',
          effectiveSettings:
            'True returns the settings in effect, defaults included. False returns only the settings made for the principal.',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { operations: ['ListAccountSettings'], ecsCost: { list: 10 } },
      resolve: (_root, { first, after, ...filters }, context) => {
        const input = graph.toAwsInput(context, 'ListAccountSettings', filters) as ListInput<'ListAccountSettings'>;
        const page = { first, after, binding: listBinding('accountSettings', context.ecs.scope, input) };
        return pagedConnection(context.ecs, page, 'ListAccountSettings', input, (setting) => setting, {
          keyOf: (item) => recordKeyOf('ListAccountSettings', item),
          itemOf: (key) => context.ecs.writtenRecord('ListAccountSettings', key) as Setting,
        });
      },
    }),
  }));

  graph.mutation('PutAccountSetting', {
    description:
      'Sets an account setting for one user or role, or for the principal of the gateway. It applies to resources created afterwards.',
  });
  graph.mutation('PutAccountSettingDefault', {
    description: 'Sets the default of a setting for every principal of the account that has not set it otherwise.',
  });
  graph.mutation('DeleteAccountSetting', {
    description:
      "Removes a setting of one user or role, or of the principal of the gateway. The account's default applies again.",
  });
}
