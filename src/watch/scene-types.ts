/** How a text is emphasised. */
export type Tone = 'good' | 'busy' | 'bad' | 'dim' | 'plain';

/** The line of one task. */
export interface TaskRow {
  readonly id: string;
  readonly state: string;
  readonly detail: string;
  readonly tone: Tone;
}

/** The scene of one progress on a terminal. */
export interface Scene {
  /** From 0 to 100, with credit for tasks that are under way; null while it is not known. */
  readonly percent: number | null;
  /** Whether the percentage may fall. */
  readonly isRollingBack: boolean;
  /** The deployed revision, for the title line; empty if nothing is to be added. */
  readonly subject: string;
  readonly counts: readonly string[];
  readonly rows: readonly TaskRow[];
  readonly blockers: readonly string[];
  /** ISO 8601; null if the gateway has no estimate. */
  readonly remaining: string | null;
}

/** The selection that a scene needs beside that of JSON lines, and the scene of what was selected. */
export interface SceneOf {
  readonly selection: string;
  readonly toScene: (progress: unknown) => Scene;
}

/** A scene over a progress of a known shape, which the selection asks for. */
export function sceneOf<Progress>(selection: string, toScene: (progress: Progress) => Scene): SceneOf {
  return { selection, toScene: (progress) => toScene(progress as Progress) };
}

/** The first eight characters of a task's id, which distinguish tasks. */
export function shortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).slice(0, 8);
}

export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** `3 healthy`; nothing for 0. */
export function counted(count: number, words: string): readonly string[] {
  return count > 0 ? [`${count} ${words}`] : [];
}

/** The part of a progress that deployments and drains share. */
export interface Outlook {
  readonly estimate: { readonly remaining: string } | null;
  readonly blockedBy: readonly { readonly message: string }[];
}

export function outlook({ estimate, blockedBy }: Outlook): Pick<Scene, 'blockers' | 'remaining'> {
  return { remaining: estimate?.remaining ?? null, blockers: blockedBy.map(({ message }) => message) };
}
