import type { InstanceRecord } from '../model/instances/instance-record.ts';
import { attributeOf } from '../store/instance-attributes.ts';
import { countRunning } from '../store/task-statuses.ts';
import type { Comparator, Expression } from './parse.ts';
import { toPattern } from './pattern.ts';

/** The values of a subject on an instance: none, one, or for `task:group` one for each task. */
function valuesOf(subject: string, instance: InstanceRecord): string[] {
  if (subject.startsWith('attribute:')) {
    const name = subject.slice('attribute:'.length);
    const value = attributeOf(instance, name);
    return value === undefined ? [] : [value];
  }
  switch (subject) {
    case 'task:group':
      return [...instance.tasks].filter((task) => task.desiredStatus === 'RUNNING').map((task) => task.group);
    case 'agentConnected':
      return [String(instance.agentConnected)];
    case 'agentVersion':
      return [instance.versionInfo.agentVersion ?? ''];
    case 'ec2InstanceId':
      return [instance.ec2InstanceId];
    case 'registeredAt':
      return [new Date(instance.registeredAt).toISOString()];
    case 'runningTasksCount':
      return [String(countRunning(instance))];
    default:
      return [];
  }
}

const VERSION = /^\d+(?:\.\d+)+$/;

function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Compares numbers as numbers, versions part by part, times by time, everything else as text. */
function order(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (VERSION.test(a) && VERSION.test(b)) return compareVersions(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(comparator: Comparator, value: string, argument: string): boolean {
  switch (comparator) {
    case '==':
    case '!=':
      return order(value, argument) === 0;
    case '>':
      return order(value, argument) > 0;
    case '>=':
      return order(value, argument) >= 0;
    case '<':
      return order(value, argument) < 0;
    case '<=':
      return order(value, argument) <= 0;
    case '=~':
    case '!~':
      return toPattern(argument)?.test(value) ?? false;
  }
}

/** Whether an instance matches an expression. A negated comparison matches if the plain one matches no value. */
export function evaluate(expression: Expression, instance: InstanceRecord): boolean {
  switch (expression.kind) {
    case 'and':
      return evaluate(expression.left, instance) && evaluate(expression.right, instance);
    case 'or':
      return evaluate(expression.left, instance) || evaluate(expression.right, instance);
    case 'not':
      return !evaluate(expression.operand, instance);
    case 'exists':
      return valuesOf(expression.subject, instance).length > 0 !== expression.negated;
    case 'in': {
      const found = valuesOf(expression.subject, instance).some((value) => expression.list.includes(value));
      return found !== expression.negated;
    }
    case 'compare': {
      const { comparator, argument, subject } = expression;
      const some = valuesOf(subject, instance).some((value) => holds(comparator, value, argument));
      return comparator === '!=' || comparator === '!~' ? !some : some;
    }
  }
}
