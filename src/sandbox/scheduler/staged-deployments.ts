import { completeDeployment } from '../deployments/deployment-lifecycle.ts';
import { pollHooks, startHooks } from '../deployments/lifecycle-hooks.ts';
import { failDeployment, plainFailure } from '../deployments/rollback.ts';
import type { DeploymentRecord } from '../model/services/deployment-record.ts';
import type { Stage, Step } from '../model/services/deployment-stages.ts';
import type { ServiceDeploymentRecord } from '../model/services/service-deployment-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { censusOf } from '../services/task-census.ts';
import { change } from '../store/eventual-consistency.ts';
import { wakeService } from '../wakeups/wake-services.ts';
import { keepCount } from './keep-count.ts';
import { setDesired } from './service-launch.ts';

const HOUR = 3600_000;
/** AWS: a stage that takes longer fails; a pause hook may wait longer. */
const LONGEST_STAGE = 24 * HOUR;
/** AWS: maximum duration of a deployment. */
const LONGEST_DEPLOYMENT = 30 * 24 * HOUR;

/** Whether a deployment is going through lifecycle stages. */
export function isStaged(deployment: DeploymentRecord): boolean {
  const { plan, status } = deployment.serviceDeployment;
  const isMoving = status === 'IN_PROGRESS' || status === 'ROLLBACK_IN_PROGRESS';
  return plan.length > 0 && isMoving && deployment.rolloutState === 'IN_PROGRESS';
}

function present(record: ServiceDeploymentRecord): Step | undefined {
  return record.plan[record.step];
}

function enter(world: World, record: ServiceDeploymentRecord, step: number): void {
  const now = world.clock.now();
  const { traffic, plan } = record;
  const { production = traffic?.production, test = traffic?.test, stage } = plan[step] ?? {};
  change(world, record, {
    step,
    stepSince: now,
    stepDoneAt: undefined,
    updatedAt: now,
    ...(traffic === undefined ? {} : { traffic: { production: production ?? 0, test: test ?? 0 } }),
  });
  if (stage !== undefined) startHooks(world, record, stage);
}

/** Starts the first stage of a service deployment, or of its rollback. */
function enterFirst(world: World, record: ServiceDeploymentRecord): void {
  if (record.step < 0 && record.plan.length > 0) enter(world, record, 0);
}

interface Sides {
  /** The revision that stays at the end. */
  readonly primary: DeploymentRecord;
  /** The revision that serves meanwhile: the source, or in a rollback the failed one. */
  readonly other: DeploymentRecord | undefined;
  readonly rest: readonly DeploymentRecord[];
}

function sidesOf(service: ServiceRecord, primary: DeploymentRecord): Sides {
  const record = primary.serviceDeployment;
  const others = service.deployments.filter((deployment) => deployment !== primary);
  const otherRevision = record.rollback === undefined ? record.servingRevision : record.targetRevision;
  const other = others.find((deployment) => deployment.revision === otherRevision);
  return { primary, other, rest: others.filter((deployment) => deployment !== other) };
}

function keep(
  world: World,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
  mayLaunch = true,
): void {
  setDesired(world, deployment, count);
  keepCount(world, service, deployment, count, mayLaunch);
}

/** Number of tasks of each revision in the current stage. */
export function keepSides(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const record = primary.serviceDeployment;
  const { other, rest } = sidesOf(service, primary);
  const isBack = record.rollback !== undefined;
  const scalesUpAt = record.plan.findIndex((step) => step.stage === 'SCALE_UP');
  const isUpYet = isBack || record.step >= scalesUpAt;
  keep(world, service, primary, isUpYet ? service.desiredCount : 0);
  const isCleaningUp = present(record)?.stage === 'CLEAN_UP';
  if (other !== undefined && isCleaningUp) keep(world, service, other, 0);
  else if (other !== undefined)
    keep(world, service, other, isBack ? other.desiredCount : service.desiredCount, !isBack);
  for (const deployment of rest) keep(world, service, deployment, 0);
}

/** A failed deployment that was not rolled back: the serving revision is kept, nothing else starts or stops. */
export function holdStill(world: World, service: ServiceRecord): void {
  for (const deployment of service.deployments) {
    const serves = deployment.rolloutState === 'COMPLETED';
    keep(world, service, deployment, serves ? service.desiredCount : deployment.desiredCount, serves);
  }
}

function isEmpty(deployment: DeploymentRecord | undefined): boolean {
  return deployment === undefined || deployment.tasks.size === 0;
}

function isScaledUp(world: World, service: ServiceRecord, primary: DeploymentRecord): boolean {
  const { healthy } = censusOf(world, primary);
  return healthy >= service.desiredCount;
}

/** Whether the work of a stage is done, however long that took. */
function isWorkDone(world: World, service: ServiceRecord, primary: DeploymentRecord, stage: Stage): boolean {
  const { traffic } = primary.serviceDeployment;
  const { other, rest } = sidesOf(service, primary);
  if (stage === 'RECONCILE_SERVICE') return rest.every(isEmpty);
  if (stage === 'CLEAN_UP') return isEmpty(other) && rest.every(isEmpty);
  if (stage !== 'SCALE_UP') return true;
  // A rolling deployment replaces old tasks while it scales up.
  const isReplaced = traffic !== undefined || (isEmpty(other) && rest.every(isEmpty));
  return isReplaced && isScaledUp(world, service, primary);
}

function leastDuration({ timings }: World, stage: Stage): number {
  const isShift = stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT';
  return isShift ? timings.trafficShift : timings.lifecycleStage;
}

type Move = { readonly pass: true } | { readonly until: number } | { readonly failure: string };

/** The outcome of the current stage: passed, waiting at least until a time, or failed. */
function moveOf(world: World, service: ServiceRecord, primary: DeploymentRecord, step: Step): Move {
  const now = world.clock.now();
  const record = primary.serviceDeployment;
  const stand = pollHooks(world, record);
  if (stand.state === 'FAILED') return { failure: stand.reason };
  // A rollback gets the same time again.
  const lastMoment = (record.rollback?.startedAt ?? record.startedAt ?? now) + LONGEST_DEPLOYMENT;
  if (now >= lastMoment) return { failure: 'the service deployment took longer than 30 days.' };
  const isDone = isWorkDone(world, service, primary, step.stage);
  const workEnd = isDone ? record.stepSince + leastDuration(world, step.stage) : Number.POSITIVE_INFINITY;
  const hookEnd = stand.state === 'WAITING' ? stand.until : now;
  if (workEnd <= now && stand.state === 'DONE') {
    if (record.stepDoneAt === undefined) change(world, record, { stepDoneAt: now });
    const end = (record.stepDoneAt ?? now) + (step.bakeMs ?? 0);
    return end <= now ? { pass: true } : { until: Math.min(end, lastMoment) };
  }
  // Hooks have their own time-outs, which may be longer.
  const stageEnd = stand.state === 'WAITING' ? lastMoment : record.stepSince + LONGEST_STAGE;
  if (now >= stageEnd) return { failure: `the ${step.stage} lifecycle stage took longer than 24 hours.` };
  const next = [workEnd, hookEnd].filter((time) => time > now);
  return { until: Math.min(...next, stageEnd, lastMoment) };
}

/** Advances a deployment through its lifecycle stages as far as possible now. */
export function reconcileStages(world: World, service: ServiceRecord, primary: DeploymentRecord): void {
  const record = primary.serviceDeployment;
  enterFirst(world, record);
  const step = present(record);
  if (step === undefined) return;
  const move = moveOf(world, service, primary, step);
  if ('failure' in move) {
    failDeployment(world, service, primary, plainFailure(move.failure));
  } else if ('until' in move) {
    wakeService(world, service, move.until);
  } else if (record.step + 1 < record.plan.length) {
    enter(world, record, record.step + 1);
    wakeService(world, service);
  } else {
    completeDeployment(world, service, primary);
  }
}
