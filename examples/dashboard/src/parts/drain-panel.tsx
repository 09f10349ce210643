import { shortTask, words } from '../format';
import type { FollowDrainSubscription } from '../generated/graphql';
import { Badge } from './basics';
import { toneOf } from './feed-cards';
import { Obstacles } from './obstacles';
import { Ring, TimeLeft } from './rollout-bars';

type Update = FollowDrainSubscription['drainProgress'];
type Instance = Update['progress']['instances'][number];
type DrainTask = NonNullable<Instance['tasks']>['nodes'][number];

/** Instances that drain: what has moved, what moves, and what never will. */
export function DrainPanel({ update }: { readonly update: Update }) {
  const { progress, outcome, isStalled } = update;
  const tone = toneOf({ outcome, isStalled, isRollingBack: false });
  return (
    <section className={`panel drain ${tone}`} aria-labelledby="drain" data-outcome={outcome ?? 'ONGOING'}>
      <div className="head">
        <Ring percent={progress.percent} tone={tone} />
        <div>
          <h2 id="drain">{outcome ? `Drain ended: ${words(outcome)}` : 'Draining'}</h2>
          <span className="quiet">
            {progress.remainingTaskCount} left
            {progress.stoppingTaskCount ? `, ${progress.stoppingTaskCount} of them stopping` : ''}
            {progress.movedTaskCount ? `, ${progress.movedTaskCount} moved` : ''}
          </span>
        </div>
        <Badge tone={tone}>{outcome ? words(outcome) : isStalled ? 'Stalled' : 'Draining'}</Badge>
        <TimeLeft remaining={progress.estimate?.remaining} />
      </div>
      <Obstacles update={update} />
      {progress.instances.map((instance) => (
        <InstanceTasks key={instance.containerInstanceArn} instance={instance} />
      ))}
    </section>
  );
}

function InstanceTasks({ instance }: { readonly instance: Instance }) {
  const tasks = instance.tasks?.nodes ?? [];
  return (
    <div className="drain-instance">
      <h3>
        <span className="code">{instance.containerInstance?.ec2InstanceId ?? 'instance'}</span>{' '}
        <span className="quiet">
          {instance.outcome ? words(instance.outcome) : `${instance.remainingTaskCount} left`}
        </span>
      </h3>
      <ul className="moves">
        {tasks.map((each) => (
          <li key={each.task.id} className={fateOf(each)}>
            <span className="code">{shortTask(each.task)}</span>
            <span>{each.task.group?.replace(/^(service|family|daemon):/, '')}</span>
            <Badge tone={{ stays: 'stalled', moves: 'deploying', gone: 'inactive' }[fateOf(each)]}>
              {fateText(each)}
            </Badge>
            {each.probableReplacement && (
              <span className="quiet">
                replaced by <span className="code">{shortTask(each.probableReplacement)}</span>
                {each.isReplacementHealthy ? ', healthy' : ''}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function fateOf({ state, kind, isProtected }: DrainTask): 'stays' | 'moves' | 'gone' {
  if (state === 'STOPPED') return 'gone';
  return state === 'WAITING' && (kind === 'STANDALONE' || isProtected) ? 'stays' : 'moves';
}

function fateText(task: DrainTask): string {
  if (fateOf(task) !== 'stays') return words(task.state);
  return task.isProtected ? 'protected' : 'stays: no service moves it';
}
