import type { Logger } from 'pino';
import { type Authentication, openAuthentication } from '../auth/open.ts';
import { type Config, ConfigError } from '../config/index.ts';
import type { Timers } from '../ecs/core/timers.ts';
import type { Prepared } from '../pipeline/admission/prepare-document.ts';
import { type OpenDocuments, openDocuments } from '../pipeline/documents/open-documents.ts';
import { CallerLimits, type CountsOfReplicas } from '../pipeline/limits/caller-limits.ts';
import { type LimitsOfRoles, parseRoleLimits, RoleLimits } from '../pipeline/limits/role-limits.ts';
import { AuditLog } from '../policy/audit-log.ts';
import type { Place } from '../policy/model/resource.ts';
import { type OpenPolicies, openPolicies } from '../policy/open.ts';
import type { Policies } from '../policy/policies.ts';
import { ReloadableFile } from '../util/reloadable-file.ts';

/**
 * Everything that lets callers in.
 * @throws {ConfigError} where the token file cannot be used
 */
export async function openAccess(config: Config, log: Logger): Promise<Authentication> {
  const { token, tokensFile, oidcIssuer: issuer } = config;
  const jwt =
    issuer === undefined
      ? undefined
      : {
          issuer,
          audience: config.oidcAudience,
          jwksUrl: config.oidcJwksUrl,
          rolesClaim: config.oidcRolesClaim,
          roleMap: config.oidcRoleMap.map((pair) => pair.split('=') as [string, string]),
          clockSkewMs: config.oidcClockSkew,
          tokenType: config.oidcTokenType,
        };
  try {
    return await openAuthentication({ token, tokensFile, jwt }, log);
  } catch (error) {
    throw problems(error, `--tokens-file (TOKENS_FILE) ${tokensFile ?? ''}:`);
  }
}

/**
 * Where writes and refusals are written down; undefined: nowhere.
 * @throws {ConfigError} where the file cannot be opened
 */
export function openAudit({ auditLog }: Config, log: Logger, timers?: Timers): AuditLog | undefined {
  try {
    return auditLog === undefined ? undefined : new AuditLog(auditLog, log, undefined, timers);
  } catch (error) {
    throw problems(error, '--audit-log (AUDIT_LOG)');
  }
}

interface Policed {
  /** Absent where nothing is restricted. */
  readonly policies: Policies | undefined;
  readonly files: OpenPolicies['files'];
}

/**
 * Opens the rules for callers.
 * @throws {ConfigError} where policies cannot be read, or are wrong
 */
export async function openPolicy(
  { policies, readOnly }: Config,
  log: Logger,
  findPlace: () => Promise<Place>,
): Promise<Policed> {
  if (policies.length === 0 && !readOnly) return { policies: undefined, files: [] };
  try {
    return await openPolicies({ sources: policies, isReadOnly: readOnly }, findPlace, log);
  } catch (error) {
    throw problems(error, '--policies (POLICIES)');
  }
}

/**
 * The operations that clients may run by id.
 * @throws {ConfigError} where a manifest cannot be read, or is wrong
 */
export async function openManifests(
  { trustedDocuments }: Config,
  prepare: (query: string) => Prepared,
  log: Logger,
): Promise<OpenDocuments> {
  try {
    return await openDocuments(trustedDocuments, prepare, log);
  } catch (error) {
    throw problems(error, '--trusted-documents (TRUSTED_DOCUMENTS)');
  }
}

/**
 * The limits of roles; undefined without a file.
 * @throws {ConfigError} where the file cannot be read, or is wrong
 */
export async function openLimits(
  { limitsFile, queryDeadline }: Config,
  log: Logger,
  replicas?: CountsOfReplicas,
): Promise<OpenLimits> {
  if (limitsFile === undefined) return { callerLimits: undefined, files: [] };
  const roles = new RoleLimits();
  const apply = (limits: LimitsOfRoles) => roles.replace(limits);
  try {
    const file = await ReloadableFile.open({ path: limitsFile, what: 'limits', parse: parseRoleLimits, apply, log });
    return { callerLimits: new CallerLimits(roles, queryDeadline / WAITING_PART, replicas), files: [file] };
  } catch (error) {
    throw problems(error, `--limits-file (LIMITS_FILE) ${limitsFile}:`);
  }
}

/** An operation waits for others of its principal for at most this part of the query deadline. */
const WAITING_PART = 3;

interface OpenLimits {
  readonly callerLimits: CallerLimits | undefined;
  readonly files: readonly ReloadableFile<LimitsOfRoles>[];
}

export function problems(error: unknown, label: string): ConfigError {
  return new ConfigError((error as Error).message.split('\n').map((line) => `${label} ${line}`));
}
