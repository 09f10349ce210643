import { readdirSync, readFileSync } from 'node:fs';
import { type Declarations, readDeclarations } from '../../../../src/codegen/declarations.ts';

const TYPES = 'node_modules/@aws-sdk/client-ecs/dist-types';

/** The errors that the SDK documents for an operation. */
export function modelledErrors(operation: string): Set<string> {
  const text = readFileSync(`${TYPES}/commands/${operation}Command.d.ts`, 'utf8');
  return new Set([...text.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name));
}

/** The SDK's declarations of the members of its shapes. */
export function declaredMembers(): Declarations {
  const files = readdirSync(`${TYPES}/models`).filter((name) => name.endsWith('.d.ts'));
  return readDeclarations(new Map(files.map((name) => [name, readFileSync(`${TYPES}/models/${name}`, 'utf8')])));
}
