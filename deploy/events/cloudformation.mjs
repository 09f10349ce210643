import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { parse } from 'yaml';

const spec = loadAwsServiceSpecSync();
const SHORT_FORMS = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAZs',
  'If',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
];

/** A template with its short forms (`!Ref x`) as objects (`{Ref: x}`). */
export function readTemplate(text) {
  const tag = (name, form, toValue = (value) => value) =>
    ['scalar', 'seq', 'map'].map((kind) => ({
      tag: `!${name}`,
      ...(kind !== 'scalar' && { collection: kind }),
      resolve: (node) => ({ [form]: toValue(kind === 'scalar' ? node : node.toJSON()) }),
    }));
  const customTags = [
    ...SHORT_FORMS.flatMap((name) => tag(name, `Fn::${name}`)),
    ...tag('GetAtt', 'Fn::GetAtt', (value) => (typeof value === 'string' ? value.split('.') : value)),
    ...tag('Ref', 'Ref'),
    ...tag('Condition', 'Condition'),
  ];
  return parse(text, { customTags });
}

const INTRINSIC = /^(Ref|Fn::\w+)$/;

function intrinsicOf(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && INTRINSIC.test(name ?? '') ? name : undefined;
}

/** The problems of a template, by CloudFormation's own schemas of the resources. */
export function problemsOf(template) {
  const { Parameters = {}, Conditions = {}, Resources = {}, Outputs = {} } = template;
  const problems = [];
  const nameOf = (name) =>
    name in Parameters || name in Resources || name.startsWith('AWS::') || problems.push(`${name} is not declared`);

  function references(value) {
    if (Array.isArray(value)) return value.forEach(references);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'Ref') nameOf(inner);
      else if (key === 'Fn::GetAtt') {
        const [resource, attribute] = inner;
        const known = spec.lookup('resource', 'cloudFormationType', 'equals', Resources[resource]?.Type ?? '');
        if (known.length === 0 || !(attribute in known.only().attributes))
          problems.push(`${inner.join('.')} is not an attribute`);
      } else if (key === 'Fn::Sub') for (const [, name] of inner.matchAll(/\$\{([\w:]+)\}/g)) nameOf(name);
      else if (key === 'Fn::If') {
        if (!(inner[0] in Conditions)) problems.push(`${inner[0]} is not a condition`);
        references(inner.slice(1));
      } else references(inner);
    }
  }

  function check(value, type, path) {
    const intrinsic = intrinsicOf(value);
    if (intrinsic === 'Fn::If') for (const each of value['Fn::If'].slice(1)) check(each, type, path);
    if (intrinsic !== undefined) return;
    const wrong = () => problems.push(`${path} is not of type ${type.type}`);
    if (type.type === 'string' && (typeof value !== 'string' || !(type.allowedValues ?? [value]).includes(value)))
      wrong();
    if (['integer', 'number'].includes(type.type) && typeof value !== 'number') wrong();
    if (type.type === 'boolean' && typeof value !== 'boolean') wrong();
    if (type.type === 'array') {
      if (!Array.isArray(value)) wrong();
      else for (const [at, each] of value.entries()) check(each, type.element, `${path}[${at}]`);
    }
    if (type.type === 'ref') checkMembers(value, spec.get('typeDefinition', type.reference.$ref).properties, path);
    if (type.type === 'union') {
      const before = problems.length;
      const isOne = type.types.some((each) => {
        check(value, each, path);
        return problems.splice(before).length === 0;
      });
      if (!isOne) problems.push(`${path} is of no type that is allowed`);
    }
  }

  function checkMembers(value, properties, path) {
    for (const [name, inner] of Object.entries(value)) {
      if (name in properties) check(inner, properties[name].type, `${path}.${name}`);
      else problems.push(`${path}.${name} is not a property`);
    }
    for (const [name, { required }] of Object.entries(properties)) {
      if (required === true && !(name in value)) problems.push(`${path}.${name} is required`);
    }
  }

  for (const [name, { Type, Condition, Properties = {} }] of Object.entries(Resources)) {
    const known = spec.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (known.length === 0) problems.push(`${name}: ${Type} is not a resource type`);
    else checkMembers(Properties, known.only().properties, name);
    if (Condition !== undefined && !(Condition in Conditions)) problems.push(`${Condition} is not a condition`);
    references(Properties);
  }
  references(Conditions);
  references(Outputs);
  return problems;
}
