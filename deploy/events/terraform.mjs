import { readFileSync } from 'node:fs';
import { parse } from '@cdktf/hcl2json';

const { resources: SCHEMA } = JSON.parse(readFileSync(new URL('provider-schema.json', import.meta.url), 'utf8'));
/** Arguments of every resource. */
const META = new Set(['count', 'depends_on', 'for_each', 'lifecycle', 'provider']);

/** A module as Terraform's own parser reads it. */
export async function readModule(path) {
  return parse(path, readFileSync(new URL(path, import.meta.url), 'utf8'));
}

/** The problems of a module, by the provider's schema of the resources. */
export function problemsOf({ variable = {}, resource = {}, output = {} }) {
  const problems = [];

  function check(value, schema, path) {
    for (const [name, inner] of Object.entries(value)) {
      const known = schema[name];
      if (known === undefined) problems.push(`${path}.${name} is not an argument`);
      else if (known.block !== undefined)
        for (const each of [inner].flat()) check(each, known.block, `${path}.${name}`);
    }
    for (const [name, { required }] of Object.entries(schema)) {
      if (required && !(name in value)) problems.push(`${path}.${name} is required`);
    }
  }

  for (const [type, named] of Object.entries(resource)) {
    for (const [name, [value]] of Object.entries(named)) {
      const own = Object.fromEntries(Object.entries(value).filter(([argument]) => !META.has(argument)));
      if (SCHEMA[type] === undefined) problems.push(`${type} is not a known resource type`);
      else check(own, SCHEMA[type], `${type}.${name}`);
    }
  }
  const text = JSON.stringify([resource, output]);
  for (const [whole, type, name] of text.matchAll(/\b(aws_\w+)\.(\w+)/g)) {
    if (resource[type]?.[name] === undefined) problems.push(`${whole} is not declared`);
  }
  for (const [whole, name] of text.matchAll(/\bvar\.(\w+)/g))
    if (!(name in variable)) problems.push(`${whole} is not declared`);
  for (const name of Object.keys(variable)) if (!text.includes(`var.${name}`)) problems.push(`var.${name} is not used`);
  return problems;
}
