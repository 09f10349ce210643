import { EcsError } from '../checks/ecs-errors.ts';

/** The form of a call: `Tags.member.1.Key` and the like are flat names. */
export type Form = Readonly<Record<string, string>>;

/** The input of AssumeRole. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly partition: string;
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
  /** Undefined for the default. */
  readonly seconds: number | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitive: readonly string[];
}

const LEAST_SECONDS = 900;
const MOST_SECONDS = 43_200;
const MOST_TAGS = 50;
const ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/;
const NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

export function invalid(message: string): EcsError {
  return new EcsError('ValidationError', message);
}

/** STS's words for a value that breaks a rule of the model. */
function broken(name: string, value: string, rule: string): EcsError {
  const shown = value.slice(0, 200);
  return invalid(
    `1 validation error detected: Value '${shown}' at '${name}' failed to satisfy constraint: Member must ${rule}`,
  );
}

function text(form: Form, member: string, pattern: RegExp, rule: string): string | undefined {
  const value = form[member];
  if (value === undefined || pattern.test(value)) return value;
  throw broken(`${member.charAt(0).toLowerCase()}${member.slice(1)}`, value, rule);
}

function secondsOf({ DurationSeconds }: Form): number | undefined {
  if (DurationSeconds === undefined) return undefined;
  const seconds = Number(DurationSeconds);
  const rule = (word: string, bound: number): EcsError =>
    broken('durationSeconds', DurationSeconds, `have value ${word} than or equal to ${bound}`);
  if (!Number.isInteger(seconds) || seconds < LEAST_SECONDS) throw rule('greater', LEAST_SECONDS);
  if (seconds > MOST_SECONDS) throw rule('less', MOST_SECONDS);
  return seconds;
}

/** The values of `prefix.member.1`, `prefix.member.2`, ... */
function members(form: Form, prefix: string, suffix = ''): string[] {
  const values: string[] = [];
  for (let at = 1; ; at += 1) {
    const value = form[`${prefix}.member.${at}${suffix}`];
    if (value === undefined) return values;
    values.push(value);
  }
}

function tagsOf(form: Form): ReadonlyMap<string, string> {
  const keys = members(form, 'Tags', '.Key');
  if (keys.length > MOST_TAGS)
    throw broken('tags', `${keys.length} tags`, `have length less than or equal to ${MOST_TAGS}`);
  if (new Set(keys.map((key) => key.toLowerCase())).size < keys.length) {
    throw new EcsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  }
  return new Map(
    keys.map((key, index) => {
      const value = form[`Tags.member.${index + 1}.Value`] ?? '';
      if (key === '' || key.length > 128 || key.toLowerCase().startsWith('aws:')) {
        throw broken(`tags.${index + 1}.member.key`, key, 'be 1 to 128 characters that do not begin with aws:');
      }
      if (value.length > 256)
        throw broken(`tags.${index + 1}.member.value`, value, 'have length less than or equal to 256');
      return [key, value] as const;
    }),
  );
}

/** Reads and checks the parameters of AssumeRole. */
export function readRoleRequest(form: Form): RoleRequest {
  const { RoleArn: roleArn = '', RoleSessionName: given = '' } = form;
  const [, partition, account, roleName] = ROLE.exec(roleArn) ?? [];
  if (partition === undefined || account === undefined || roleName === undefined) {
    throw invalid(`${roleArn.slice(0, 100)} is invalid: RoleArn must be the ARN of a role.`);
  }
  if (!NAME.test(given)) {
    throw broken(
      'roleSessionName',
      given,
      'satisfy regular expression pattern: [\\w+=,.@-]* and have 2 to 64 characters',
    );
  }
  return {
    roleArn,
    partition,
    account,
    roleName,
    sessionName: given,
    seconds: secondsOf(form),
    externalId: text(form, 'ExternalId', EXTERNAL_ID, 'satisfy regular expression pattern: [\\w+=,.@:\\/-]*'),
    sourceIdentity: text(form, 'SourceIdentity', NAME, 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    tags: tagsOf(form),
    transitive: members(form, 'TransitiveTagKeys'),
  };
}
