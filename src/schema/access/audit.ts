import { GraphQLError } from 'graphql';
import { EcsError } from '../../ecs/core/errors.ts';
import type { EndedWrite } from '../../ecs/request-session.ts';
import type { AuditEntry } from '../../policy/audit-log.ts';
import { type ActionName, OPERATION_ACTIONS } from '../../policy/model/actions.ts';
import type { Access } from './access.ts';
import { valuesAt } from './targets.ts';

type Who = Pick<AuditEntry, 'requestId' | 'principal'>;

/** The members of an audit line beside the write itself. */
interface WriteDetails {
  readonly access: Access | undefined;
  /** The input without its secrets. */
  readonly shownInput: unknown;
  readonly idempotencyKey: string | undefined;
}

/** The audit line of a write that was sent. */
export function toAuditEntry(
  { requestId, principal }: Who,
  { operation, input, output, error, durationMs, dryRun }: EndedWrite,
  { access, shownInput, idempotencyKey }: WriteDetails,
): AuditEntry {
  const named = OPERATION_ACTIONS[operation].targets.flatMap(({ path }) =>
    path === undefined ? [] : valuesAt(input, path),
  );
  const failure = error instanceof EcsError ? error : undefined;
  return {
    requestId,
    principal,
    action: operation,
    targets: access === undefined ? named : access.targetsOf(operation, input),
    decision: 'ALLOW',
    policies: access?.policiesOf(input) ?? [],
    input: shownInput,
    outcome: dryRun ? 'PLANNED' : error === undefined ? 'DONE' : (failure?.code ?? 'INTERNAL_SERVER_ERROR'),
    ...(dryRun && { dryRun }),
    ecsRequestId: output?.$metadata?.requestId ?? failure?.requestId,
    idempotencyKey,
    durationMs,
  };
}

/** The audit line of a mutation that was done before under its key, so that no write was sent now. */
export function toReplayEntry(
  who: Who,
  replay: Omit<EndedWrite, 'output' | 'durationMs'>,
  details: ReplayDetails,
): AuditEntry {
  const { access, decidedBy } = details;
  const write = { ...replay, output: undefined, durationMs: 0 };
  const { durationMs: _none, ...entry } = toAuditEntry(who, write, details);
  return { ...entry, policies: access?.policiesOf(decidedBy) ?? [], replayed: true };
}

interface ReplayDetails extends WriteDetails {
  /** The input that the policies decided about. */
  readonly decidedBy: object;
}

/** The audit line of a refusal; undefined for other errors. */
export function toDenialEntry(
  { requestId, principal }: Who,
  { extensions, path }: GraphQLError,
): AuditEntry | undefined {
  if (extensions.code === 'DOCUMENT_NOT_TRUSTED') {
    const refused = { action: 'RunDocument', targets: [], decision: 'DENY', policies: ['TRUSTED_ONLY_ROLES'] } as const;
    return { requestId, principal, ...refused };
  }
  if (extensions.code === 'TOO_MANY_DESTRUCTIVE_FIELDS') {
    return { requestId, principal, action: 'DestroySeveral', targets: [], decision: 'DENY', policies: [] };
  }
  if (extensions.code !== 'FORBIDDEN') return undefined;
  const { action, resource, policies, dryRun } = extensions as {
    readonly action: ActionName;
    readonly resource?: string;
    readonly policies: readonly string[];
    readonly dryRun?: true;
  };
  return {
    requestId,
    principal,
    action,
    targets: resource === undefined ? [] : [resource],
    decision: 'DENY',
    policies,
    ...(dryRun && { dryRun }),
    ...(path && { input: { path: path.join('.') } }),
  };
}

/** The refusal of a write that cannot be logged. */
export function auditUnavailable(): GraphQLError {
  return new GraphQLError('The audit log cannot be written, so that nothing may be changed.', {
    extensions: { code: 'AUDIT_UNAVAILABLE' },
  });
}
