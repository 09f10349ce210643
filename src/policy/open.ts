import type { Logger } from 'pino';
import { ReloadableFile } from '../util/reloadable-file.ts';
import type { PolicyText } from './cedar/policy-set.ts';
import type { Place } from './model/resource.ts';
import { Policies } from './policies.ts';
import { READY_MADE } from './ready-made.ts';

/** Selects the ready-made policies, in a list of file paths. */
export const ROLES = 'roles';

export interface PolicySettings {
  /** Paths of Cedar files, and `roles` for the ready-made ones; empty: reads and writes are not restricted. */
  readonly sources: readonly string[];
  readonly isReadOnly: boolean;
}

export interface OpenPolicies {
  readonly policies: Policies;
  readonly files: readonly ReloadableFile<string>[];
}

/**
 * Reads and validates the policies. Cedar is loaded only if there are policies.
 * @throws {Error} that lists the mistakes
 */
export async function openPolicies(
  { sources, isReadOnly }: PolicySettings,
  findPlace: () => Promise<Place>,
  log: Logger,
): Promise<OpenPolicies> {
  if (sources.length === 0) return { policies: new Policies(isReadOnly, undefined, findPlace), files: [] };
  const { CedarPolicies } = await import('./cedar/policy-set.ts');
  const texts = new Map<string, string>();
  const onError = (policy: string, problem: string) => {
    policies?.countError(policy);
    log.error({ policy, problem }, 'a policy failed while it was evaluated; what it may forbid is not allowed');
  };
  const compile = () =>
    new CedarPolicies(
      sources.map((source): PolicyText => ({ name: source, text: texts.get(source) ?? READY_MADE })),
      onError,
    );
  let policies: Policies | undefined;
  const files: ReloadableFile<string>[] = [];
  try {
    for (const path of sources.filter((source) => source !== ROLES)) {
      files.push(
        await ReloadableFile.open({
          path,
          what: 'policy',
          parse(text) {
            const before = texts.get(path);
            texts.set(path, text);
            if (policies === undefined) return text;
            try {
              policies.replace(compile());
              return text;
            } catch (error) {
              texts.set(path, before ?? '');
              throw error;
            }
          },
          apply: () => undefined,
          log,
        }),
      );
    }
    policies = new Policies(isReadOnly, compile(), findPlace);
    return { policies, files };
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
}
