import { useMutation } from 'urql';
import { day, humanSeconds, revisionName, secondsBetween, words } from '../format';
import { newKey } from '../gateway';
import { ContinueDeploymentDocument, type FollowDeploymentSubscription } from '../generated/graphql';
import { Badge, Problem } from './basics';
import { labelOf, toneOf } from './feed-cards';
import { Obstacles } from './obstacles';
import { Ring, RolloutBars, TimeLeft } from './rollout-bars';
import { StoppedTable } from './task-tables';
import { type Moment, ProgressChart, Stages } from './timeline';

type Update = FollowDeploymentSubscription['deploymentProgress'];

/** One deployment from its first event to its last. */
export function RolloutPanel({ update, moments }: { readonly update: Update; readonly moments: readonly Moment[] }) {
  const { progress, outcome, isStalled } = update;
  const tone = toneOf({ outcome, isStalled, isRollingBack: progress.isRollingBack });
  const seconds = secondsBetween(progress.startedAt, progress.finishedAt ?? update.observedAt);
  return (
    <section className={`panel rollout ${tone}`} aria-labelledby="rollout" data-outcome={outcome ?? 'ONGOING'}>
      <div className="head">
        <Ring percent={progress.percent} tone={tone} />
        <div>
          <h2 id="rollout">
            {outcome
              ? `Last deployment ${words(outcome)}`
              : `${progress.isRollingBack ? 'Rolling back' : 'Deploying'} ${revisionName(progress.taskDefinition)}`}
          </h2>
          <span className="quiet">
            {words(progress.strategy)}
            {progress.lifecycleStage ? ` · ${words(progress.lifecycleStage)}` : ''}
            {progress.startedAt ? ` · started ${day(progress.startedAt)}` : ''}
            {seconds === undefined ? '' : ` · ${outcome ? 'took' : 'for'} ${humanSeconds(seconds)}`}
          </span>
        </div>
        <Badge tone={tone}>{outcome ? words(outcome) : labelOf(tone)}</Badge>
        <TimeLeft remaining={progress.estimate?.remaining} />
      </div>
      {!outcome && progress.lifecycleStage && <Stages stage={progress.lifecycleStage} />}
      {!outcome && <RolloutBars progress={progress} />}
      <ProgressChart update={update} moments={moments} />
      <Obstacles update={update} />
      {outcome && <p>{progress.ending?.reason ?? progress.statusReason}</p>}
      {!outcome && progress.circuitBreaker && (
        <p className="quiet">
          Circuit breaker: {progress.circuitBreaker.failureCount} of {progress.circuitBreaker.threshold} failures
        </p>
      )}
      {!outcome && <Hooks progress={progress} />}
      {!outcome && (progress.recentFailures?.length ?? 0) > 0 && (
        <details>
          <summary>{progress.recentFailures?.length} recent failures</summary>
          <StoppedTable tasks={progress.recentFailures ?? []} />
        </details>
      )}
    </section>
  );
}

/** Hooks at which the deployment waits for an answer. */
function Hooks({ progress }: { readonly progress: Update['progress'] }) {
  const [{ error, fetching }, answer] = useMutation(ContinueDeploymentDocument);
  const { serviceDeploymentArn } = progress;
  const waiting = progress.hooks.filter(({ status }) => status === 'AWAITING_ACTION');
  if (!serviceDeploymentArn) return null;
  return waiting.map(({ hookId, expiresAt, timeoutAction }) => (
    <div className="hook" key={hookId}>
      <span>
        Waits for your answer
        {expiresAt
          ? `; without one ECS will ${timeoutAction === 'ROLLBACK' ? 'roll back' : words(timeoutAction)} at ${day(expiresAt)}`
          : ''}
        .
      </span>
      {(['CONTINUE', 'ROLLBACK'] as const).map((action) => (
        <button
          type="button"
          key={action}
          className={action === 'CONTINUE' ? 'primary' : 'danger'}
          disabled={fetching}
          onClick={() =>
            answer({ input: { serviceDeploymentArn, hookId: hookId ?? '', action }, idempotencyKey: newKey() })
          }
        >
          {action === 'CONTINUE' ? 'Continue' : 'Roll back'}
        </button>
      ))}
      {error && <Problem error={error} title="ECS did not take the answer" />}
    </div>
  ));
}
