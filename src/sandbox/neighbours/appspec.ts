import { parse } from 'yaml';
import { EcsError } from '../checks/ecs-errors.ts';
import { type Fields, fieldsOf, listOf, optionalCount, optionalText } from './input.ts';

/** The ECS service of an AppSpec file. */
export interface AppSpec {
  readonly taskDefinition: string;
  readonly containerName: string | undefined;
  readonly containerPort: number | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: Fields | undefined;
}

/** Far more than any service needs; reading takes time. */
const MOST_CHARACTERS = 100_000;

function invalid(message: string): EcsError {
  return new EcsError('InvalidRevisionException', message);
}

/** Keys are written in either case: `TaskDefinition`, `taskDefinition`. */
function lowered(value: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([key, item]) => [key.charAt(0).toLowerCase() + key.slice(1), item]),
  );
}

function readContent(content: string): unknown {
  try {
    // JSON is YAML. Aliases are refused: no AppSpec needs them.
    return parse(content, { maxAliasCount: 0 });
  } catch {
    throw invalid('The AppSpec file is neither YAML nor JSON.');
  }
}

/** The content of a revision: `appSpecContent`, or `string`, which older clients send. */
export function contentOf(revision: Fields): string {
  const type = optionalText(revision, 'revisionType');
  if (type === 'S3' || type === 'GitHub') {
    throw invalid('The sandbox reads an AppSpec file from the call itself only: use the revision type AppSpecContent.');
  }
  const content = optionalText(fieldsOf(revision.appSpecContent ?? revision.string), 'content');
  if ((content?.length ?? 0) > MOST_CHARACTERS)
    throw invalid(`The AppSpec file has more than ${MOST_CHARACTERS} characters.`);
  if (content === undefined) throw new EcsError('RevisionRequiredException', 'The revision has no AppSpec content.');
  return content;
}

/** Reads `Resources[0].<name>.Properties` of an AppSpec file for ECS. */
export function readAppSpec(content: string): AppSpec {
  const [resource] = listOf(lowered(readContent(content)).resources);
  const [service] = Object.values(fieldsOf(resource));
  const properties = lowered(lowered(service).properties);
  const taskDefinition = optionalText(properties, 'taskDefinition');
  if (taskDefinition === undefined) throw invalid('The AppSpec file names no TaskDefinition.');
  const balancer = lowered(properties.loadBalancerInfo);
  const network = lowered(properties.networkConfiguration);
  const awsvpc = network.awsvpcConfiguration;
  return {
    taskDefinition,
    containerName: optionalText(balancer, 'containerName'),
    containerPort: optionalCount(balancer, 'containerPort'),
    platformVersion: optionalText(properties, 'platformVersion'),
    networkConfiguration: awsvpc === undefined ? undefined : { awsvpcConfiguration: lowered(awsvpc) },
  };
}
