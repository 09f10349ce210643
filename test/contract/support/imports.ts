import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import or re-export of a file of src. Paths are relative to src. */
export interface Import {
  readonly file: string;
  /** A file of src, or the name of a package. */
  readonly target: string;
  readonly isLocal: boolean;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** `import('./x.ts')`, at run time and in types, of a literal path. */
const IMPORT_CALL = /(\btypeof\s+)?\bimport\('([^']+)'\)/g;

/** The TypeScript files of src. */
export function sources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

/** Every import in src. */
export function imports(): Import[] {
  return sources().flatMap((file) => {
    const text = readFileSync(join('src', file), 'utf8');
    const { module } = parseSync(file, text);
    const found: Import[] = [];
    const add = (target: string, typeOnly: boolean) => {
      const isLocal = target.startsWith('.');
      found.push({ file, target: isLocal ? normalize(join(dirname(file), target)) : target, isLocal, typeOnly });
    };
    for (const { moduleRequest, entries } of module.staticImports) {
      add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
    }
    for (const { entries } of module.staticExports) {
      for (const { moduleRequest, isType } of entries) if (moduleRequest) add(moduleRequest.value, isType);
    }
    for (const [, type, target = ''] of text.matchAll(IMPORT_CALL)) add(target, type !== undefined);
    return found;
  });
}

/** The circles in a graph: sets of two or more nodes of which each reaches all others (Tarjan's algorithm). */
export function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = [];
  const indices = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): void => {
    const index = indices.size;
    indices.set(node, index);
    lowest.set(node, index);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!indices.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) !== index) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of edges.keys()) if (!indices.has(node)) visit(node);
  return found;
}
