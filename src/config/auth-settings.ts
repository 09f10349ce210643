import { GATEWAY, rows } from './setting.ts';
import { choice, duration, list, optional, toggle, word } from './types.ts';
import { issuerUrl } from './urls.ts';

const access = rows('Access', GATEWAY);
const unset: string | undefined = undefined;

/** The kinds of values that `EXPOSE_KINDS` names. */
const KINDS = [
  'COMMAND',
  'CREDENTIAL',
  'ENVIRONMENT',
  'HOOK_DETAILS',
  'LABEL',
  'LOG_OPTION',
  'SESSION',
  'VOLUME_OPTION',
] as const;

/** Authentication settings, beside the shared token. */
export const AUTH_SETTINGS = {
  policies: access(
    'POLICIES',
    list(word('path')),
    [],
    'Cedar policies, which authorise callers: paths of files, and `roles` for the ready-made roles viewer, operator, deployer and admin. Empty: every caller may do everything.',
  ),
  auditLog: access(
    'AUDIT_LOG',
    optional(word('path')),
    unset,
    'File, or `stdout`, for one JSON line for each write and each refusal. While it cannot be written, /readyz says 503. SIGHUP opens the file anew.',
  ),
  readOnly: access('READ_ONLY', toggle, false, 'Refuse every mutation, whatever policies allow.'),
  exposeKinds: access(
    'EXPOSE_KINDS',
    list({ ...choice(...KINDS), placeholder: 'kind' }),
    [],
    `Without EXPOSE_SECRETS, show the values of these kinds alone: ${KINDS.join(', ')}. docs/security.md says what each covers.`,
  ),
  tokensFile: access(
    'TOKENS_FILE',
    optional(word('path')),
    unset,
    'File of named tokens with their roles, as `ecs-graphql token` writes it. It is read again when it changes and on SIGHUP.',
  ),
  limitsFile: access(
    'LIMITS_FILE',
    optional(word('path')),
    unset,
    'File of limits for each role: ECS calls, objects, operations, sockets and streams of a principal at a time, mutations per minute, CPU beside others. With `SHARED`, all replicas count together. It is read again when it changes and on SIGHUP. The settings in the group Limits hold beside it.',
  ),
  trustedDocuments: access(
    'TRUSTED_DOCUMENTS',
    list(word('path')),
    [],
    'Manifests of operations that clients may run by id: `persisted_queries.json` of Relay, the manifest of Apollo, or `persisted-documents.json` of graphql-codegen. Each is read again when it changes and on SIGHUP.',
  ),
  trustedOnlyRoles: access(
    'TRUSTED_ONLY_ROLES',
    list(word('role')),
    [],
    'Roles that run only the operations of `TRUSTED_DOCUMENTS`, by id or with the same text; `*` means every caller.',
  ),
  oidcIssuer: access(
    'OIDC_ISSUER',
    optional(issuerUrl),
    unset,
    'Issuer of JWTs that are let in, exactly as their `iss` has it. Needs `OIDC_AUDIENCE`.',
  ),
  oidcAudience: access('OIDC_AUDIENCE', list(word('name')), [], 'Audiences, of which a JWT must name one.'),
  oidcJwksUrl: {
    ...access('OIDC_JWKS_URL', optional(issuerUrl), unset, "URL of the issuer's keys."),
    defaultText: "as the issuer's discovery document says",
  },
  oidcRolesClaim: access(
    'OIDC_ROLES_CLAIM',
    word('claim'),
    'roles',
    'Claim with the roles: a list, or words in one text. Dots lead into objects, as in `realm_access.roles`.',
  ),
  oidcRoleMap: access(
    'OIDC_ROLE_MAP',
    list(word('value=role', /^[^\s=]+=[\w.@:/+-]{1,100}$/, 'must hold pairs such as ecs-oncall=operator')),
    [],
    'Which value of the claim stands for which role; other values count for nothing. Empty: every value is a role.',
  ),
  oidcClockSkew: access(
    'OIDC_CLOCK_SKEW',
    duration,
    5_000,
    "How far the issuer's clock may be from this machine's when a JWT is presented.",
  ),
  oidcTokenType: access(
    'OIDC_TOKEN_TYPE',
    optional(word('typ')),
    unset,
    'The `typ` that a JWT must have, such as `at+jwt`, where the issuer sets it.',
  ),
};
