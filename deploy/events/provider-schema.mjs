// Prints provider-schema.json: the arguments of the Terraform resources used here, from the types of @cdktf/provider-aws, which are
// generated from the provider's own schema. The package has 37 MB, so it is read when the schema changes, and not in tests:
//   npm pack @cdktf/provider-aws@21.22.1 && tar -xzf cdktf-provider-aws-*.tgz && npm run -s provider-schema package > provider-schema.json
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RESOURCES = [
  'cloudwatch_event_api_destination',
  'cloudwatch_event_connection',
  'cloudwatch_event_permission',
  'cloudwatch_event_rule',
  'cloudwatch_event_target',
  'iam_policy',
  'iam_role',
  'iam_role_policy',
  'iam_role_policy_attachment',
  'sqs_queue',
  'sqs_queue_policy',
];
const MEMBER = /#(\w+) \w+#\w+\}[^/]*\*\/\s*readonly \w+(\??): ([^;{]*)/g;

/** The arguments of an interface: whether each is required, and the arguments of a nested block. */
function argumentsOf(text, name) {
  const start = text.indexOf(`export interface ${name} `);
  const body = text.slice(start, text.indexOf('\n}', start));
  const found = [...body.matchAll(MEMBER)].map(([, argument, optional, type]) => {
    const block = /^[A-Z]\w+/.exec(type)?.[0];
    const isBlock = block !== undefined && text.includes(`export interface ${block} `);
    return [argument, { required: optional === '', ...(isBlock && { block: argumentsOf(text, block) }) }];
  });
  return Object.fromEntries(found);
}

const [folder = 'package'] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const resources = RESOURCES.map((name) => {
  const text = readFileSync(join(folder, 'lib', name.replaceAll('_', '-'), 'index.d.ts'), 'utf8');
  const type = name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
  return [`aws_${name}`, argumentsOf(text, `${type}Config`)];
});
const schema = { source: `@cdktf/provider-aws@${version}`, resources: Object.fromEntries(resources) };
process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
