import { useState } from 'react';
import { useMutation, useSubscription } from 'urql';
import { shortArn } from '../format';
import { newKey } from '../gateway';
import {
  ClusterPageDocument,
  FollowDrainDocument,
  type InstanceRowFragment,
  SetInstanceStatusDocument,
} from '../generated/graphql';
import { Badge, Empty, Problem, Waiting } from '../parts/basics';
import { ConfirmButton } from '../parts/confirm';
import { DrainPanel } from '../parts/drain-panel';
import { ForecastView } from '../parts/forecast-view';
import { ServiceTable } from '../parts/service-table';
import { usePageQuery } from '../parts/use-page-query';

export function ClusterPage({ cluster: name }: { readonly cluster: string }) {
  const [{ data, error }, refresh] = usePageQuery(ClusterPageDocument, { cluster: name });
  const cluster = data?.cluster;
  const instances = cluster?.containerInstances?.nodes ?? [];
  const draining = instances.filter(({ status }) => status === 'DRAINING').map(({ id }) => id);
  // An instance that was followed stays in view when it has become ACTIVE again or is empty.
  const [followed, setFollowed] = useState<readonly string[]>([]);
  const watched = [...new Set([...followed, ...draining])].sort();

  if (error && !data) return <Problem error={error} title={`${name} could not be read`} />;
  if (!data) return <Waiting lines={8} />;
  if (!cluster) return <Empty>There is no cluster {name} in this account and Region.</Empty>;
  return (
    <>
      <div className="title">
        <h1>{cluster.clusterName}</h1>
        <span className="quiet">
          {cluster.runningTasksCount} tasks running, {cluster.registeredContainerInstancesCount} instances
        </span>
      </div>
      {watched.length > 0 && <LiveDrain key={watched.join()} cluster={name} instances={watched} onEnd={refresh} />}
      <section aria-labelledby="instances">
        <h2 id="instances">Container instances</h2>
        {instances.length === 0 ? (
          <Empty>No instances: the tasks of this cluster run on Fargate.</Empty>
        ) : (
          <ul className="instances">
            {instances.map((instance) => (
              <InstanceCard
                key={instance.id}
                cluster={name}
                instance={instance}
                onChange={() => {
                  setFollowed((before) => [...new Set([...before, instance.id])]);
                  refresh();
                }}
              />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        {cluster.services?.nodes.length ? (
          <ServiceTable services={cluster.services.nodes} />
        ) : (
          <Empty>No services.</Empty>
        )}
      </section>
    </>
  );
}

function LiveDrain({
  cluster,
  instances,
  onEnd,
}: {
  readonly cluster: string;
  readonly instances: string[];
  readonly onEnd: () => void;
}) {
  const [{ data, error }] = useSubscription(
    { query: FollowDrainDocument, variables: { cluster, instances } },
    (_previous, next) => {
      if (next.drainProgress.type === 'ENDED') queueMicrotask(onEnd);
      return next;
    },
  );
  if (error && !data) return <Problem error={error} title="The drain cannot be followed" />;
  return data ? <DrainPanel update={data.drainProgress} /> : <Waiting lines={3} />;
}

function InstanceCard({
  cluster,
  instance,
  onChange,
}: {
  readonly cluster: string;
  readonly instance: InstanceRowFragment;
  readonly onChange: () => void;
}) {
  const [, setStatus] = useMutation(SetInstanceStatusDocument);
  const attribute = (name: string) => instance.attributes.find((each) => each.name === name)?.value;
  const isDraining = instance.status === 'DRAINING';
  const name = instance.ec2InstanceId ?? shortArn(instance.containerInstanceArn);
  const change = (status: 'ACTIVE' | 'DRAINING') =>
    setStatus({ input: { cluster, containerInstances: [instance.id], status }, idempotencyKey: newKey() });
  return (
    <li className={`instance ${isDraining ? 'draining' : ''}`}>
      <div className="head">
        <span className="code name">{name}</span>
        <Badge tone={instance.agentConnected ? (isDraining ? 'draining' : 'steady') : 'failed'}>
          {instance.agentConnected ? (isDraining ? 'draining' : 'active') : 'agent away'}
        </Badge>
      </div>
      <p className="quiet">
        {[attribute('ecs.instance-type'), attribute('ecs.availability-zone')].filter(Boolean).join(' · ')}
      </p>
      <Usage name="CPU" instance={instance} resource="CPU" />
      <Usage name="Memory" instance={instance} resource="MEMORY" />
      <div className="foot">
        <span>
          {instance.runningTasksCount} tasks
          {instance.pendingTasksCount ? `, ${instance.pendingTasksCount} starting` : ''}
        </span>
        {isDraining ? (
          <ConfirmButton
            label="Use again"
            title={`Use ${name} again?`}
            text="The scheduler may place tasks here again. Tasks that have moved do not come back by themselves."
            action="Use again"
            tone="primary"
            run={() => change('ACTIVE')}
            onDone={onChange}
          />
        ) : (
          <ConfirmButton
            label="Drain"
            title={`Drain ${name}?`}
            text="ECS starts replacements elsewhere and stops the tasks here."
            action="Drain"
            run={() => change('DRAINING')}
            onDone={onChange}
          >
            <ForecastView cluster={cluster} instance={instance.id} />
          </ConfirmButton>
        )}
      </div>
    </li>
  );
}

function Usage({
  name,
  instance,
  resource,
}: {
  readonly name: string;
  readonly instance: InstanceRowFragment;
  readonly resource: string;
}) {
  const amount = (of: InstanceRowFragment['registeredResources']) =>
    of?.find((each) => each.name === resource)?.integerValue ?? 0;
  const total = amount(instance.registeredResources);
  const used = total - amount(instance.remainingResources);
  const percent = total > 0 ? Math.round((100 * used) / total) : 0;
  return (
    <div className="usage">
      <span>{name}</span>
      <span className="track" aria-hidden="true">
        <span className="fill moving" style={{ width: `${percent}%` }} />
      </span>
      <span className="numbers">{percent} %</span>
    </div>
  );
}
