import { GraphQLError } from 'graphql';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import type { ActionName } from '../../policy/model/actions.ts';
import { READ_ONLY } from '../../policy/policies.ts';

/** The refusal of an action, with its target and the policies that forbid it (empty if no policy allows it). */
export function forbidden(action: ActionName, resource: string | undefined, { policies }: Decision): GraphQLError {
  const [first] = policies;
  const reason =
    first === READ_ONLY
      ? 'this gateway only reads (READ_ONLY)'
      : first === undefined
        ? 'no policy allows it'
        : `policy "${first}" forbids it`;
  return new GraphQLError(`You may not call ${action} here: ${reason}.`, {
    extensions: { code: 'FORBIDDEN', action, ...(resource && { resource }), policies },
  });
}
