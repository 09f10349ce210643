import { invalidParameter } from './ecs-errors.ts';

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;

/** Checks a name: letters, digits, hyphens and underscores. */
export function checkName(name: string, what: string): string {
  if (!NAME.test(name)) {
    throw invalidParameter(
      `${what} must be 1 to 255 characters long and contain only letters, numbers, hyphens and underscores.`,
    );
  }
  return name;
}

/** AWS's quota for tasks of a service. */
const MOST_TASKS = 5000;

export function checkDesiredCount(desiredCount: number | undefined): void {
  if (desiredCount === undefined) return;
  if (desiredCount < 0) throw invalidParameter('The desired count must not be negative.');
  if (desiredCount > MOST_TASKS) throw invalidParameter(`The desired count must not be above ${MOST_TASKS}.`);
}

/** Where AWS says it in words of its own: DescribeServices, DescribeTasks and DescribeContainerInstances (logs). */
const OWN_TEXTS: Readonly<Record<string, { readonly many?: string; readonly empty?: string }>> = {
  services: { many: 'service names' },
  tasks: { many: 'taskIds' },
  containerInstances: { empty: 'Container instance' },
};

/** Checks a batch: not empty, not above AWS's limit. */
export function checkBatch(items: readonly unknown[], max: number, what: string): void {
  const capitalized = what.charAt(0).toUpperCase() + what.slice(1);
  const { many, empty = capitalized } = OWN_TEXTS[what] ?? {};
  if (items.length === 0) throw invalidParameter(`${empty} cannot be empty.`);
  if (items.length <= max) return;
  throw invalidParameter(
    many === undefined
      ? `${capitalized} cannot have more than ${max} elements.`
      : `${many} can have at most ${max} items.`,
  );
}
